package io.nimoshake.mongodb.write;

import io.nimoshake.core.fault.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** The names of the collections that belong to a table. */
public final class CollectionNames {
  private static final DateTimeFormatter SUFFIX =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** The end of a name that {@link #renamed} made. */
  private static final Pattern RENAMED = Pattern.compile("\\.\\d{8}T\\d{6}Z(\\.\\d+)?$");

  /** The end of the name of a new copy. DynamoDB allows no tilde in the name of a table. */
  private static final String NEW_COPY = "~new";

  /**
   * The longest name of a database and a collection, in bytes.
   *
   * @see <a href="https://www.mongodb.com/docs/manual/reference/limits/">MongoDB Limits</a>
   */
  private static final int MAX_NAMESPACE_BYTES = 255;

  private CollectionNames() {}

  /** The collection that takes a new copy of a table until it replaces the old copy. */
  static String newCopy(String table) {
    return table + NEW_COPY;
  }

  /**
   * The name of a collection after {@code target.db.exist = rename}.
   *
   * @param attempt from 1; later attempts try other names, in case a name is taken
   */
  static String renamed(String collection, Instant time, int attempt) {
    return collection + "." + SUFFIX.format(time) + (attempt == 1 ? "" : "." + attempt);
  }

  /** Whether this program made the collection beside that of a table, or renamed it. */
  public static boolean isHelper(String collection) {
    return collection.endsWith(NEW_COPY) || RENAMED.matcher(collection).find();
  }

  /**
   * Checks that MongoDB takes the name.
   *
   * @throws Fault.TableFailed if it does not
   */
  static void check(String database, String collection) throws Fault.TableFailed {
    if (collection.startsWith("system.")) {
      throw new Fault.TableFailed(
          "table "
              + collection
              + " cannot be copied: MongoDB reserves the names of collections that start with"
              + " system.",
          null);
    }
    String namespace = database + "." + collection;
    int bytes = namespace.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAMESPACE_BYTES) {
      throw new Fault.TableFailed(
          "collection "
              + namespace
              + ": the name has "
              + bytes
              + " bytes, and MongoDB takes at most "
              + MAX_NAMESPACE_BYTES,
          null);
    }
  }
}
