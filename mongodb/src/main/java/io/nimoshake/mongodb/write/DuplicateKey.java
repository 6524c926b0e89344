package io.nimoshake.mongodb.write;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.BsonDocument;

/**
 * Tells which unique index a duplicate key error is about: the one that keeps items apart, or
 * another one.
 *
 * <p>The server may say it in {@code keyPattern}, which the driver shows only to those who send the
 * command themselves, or in its message. These are the known forms of the message:
 *
 * <pre>
 * E11000 duplicate key error collection: db.c index: u_1 dup key: { u: 1 }        MongoDB
 * ... collection: db.c index: u_1 collation: { locale: "en", ... } dup key: ...   MongoDB
 * E11000 duplicate key error index: db.c.$u_1  dup key: { : 1 }                   MongoDB before 3.2
 * E11000 duplicate key error collection: db.c index: u_1                          Amazon DocumentDB
 * Duplicate key violation on the requested collection: Index 'u_1'                DocumentDB
 * </pre>
 *
 * <p>Some servers do not name the index at all, and DocumentDB may call it {@code <unknown>}.
 */
public final class DuplicateKey {
  /** Whose key exists already. */
  public enum Of {
    /** The key of the item. */
    ITEM,
    /** A value of a unique index that somebody else made. */
    OTHER_INDEX,
    /** The server does not say. */
    UNKNOWN
  }

  private static final Pattern MONGODB =
      Pattern.compile("index: (?:\\S*\\.\\$)?(.+?)(?:\\s+collation: \\{.*)?(?:\\s+dup key:.*)?$");

  private static final Pattern DOCUMENTDB = Pattern.compile("Index '(.+)'");

  private DuplicateKey() {}

  /**
   * Reads the message of the server.
   *
   * @param layout of the collection
   */
  public static Of of(String message, TableLayout layout) {
    String line = message.replace('\n', ' ');
    return find(DOCUMENTDB, line)
        .or(() -> find(MONGODB, line))
        .filter(index -> !index.startsWith("<"))
        .map(index -> index.equals(layout.keyIndex()) ? Of.ITEM : Of.OTHER_INDEX)
        .orElse(Of.UNKNOWN);
  }

  /**
   * Reads an element of {@code writeErrors}, as the server sent it.
   *
   * @param layout of the collection
   */
  static Of of(BsonDocument writeError, TableLayout layout) {
    if (writeError.isDocument("keyPattern")) {
      Set<String> fields = writeError.getDocument("keyPattern").keySet();
      return fields.equals(Set.copyOf(layout.keyPaths())) ? Of.ITEM : Of.OTHER_INDEX;
    }
    return of(writeError.getString("errmsg").getValue(), layout);
  }

  private static Optional<String> find(Pattern pattern, String message) {
    Matcher matcher = pattern.matcher(message);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
