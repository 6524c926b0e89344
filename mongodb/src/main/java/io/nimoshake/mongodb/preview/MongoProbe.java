package io.nimoshake.mongodb.preview;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.mongodb.write.LayoutFinder;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;

/** Finds out what a MongoDB target is, what it holds, and what its user may do. Changes nothing. */
public final class MongoProbe implements AutoCloseable {
  /** The privileges that a sync needs on its collections. */
  private static final List<String> NEEDED =
      List.of(
          "find",
          "insert",
          "update",
          "remove",
          "listCollections",
          "listIndexes",
          "createCollection",
          "createIndex",
          "dropIndex",
          "dropCollection",
          "renameCollectionSameDB");

  private static final List<String> NEEDED_FOR_CHECKPOINTS =
      List.of("find", "insert", "update", "remove", "listCollections", "createCollection");

  /** {@code shardCollection} and {@code enableSharding} need the same action. */
  private static final String NEEDED_TO_SHARD = "enableSharding";

  private static final int COMMAND_NOT_FOUND = 59;
  private static final int MONGODB_5_0 = 13;

  private final MongoTargetSettings settings;
  private final MongoClient client;
  private final MongoDatabase database;
  private final LayoutFinder layouts;

  /**
   * Does not connect yet.
   *
   * @throws Fault if the address is malformed, or its name server does not answer
   */
  public MongoProbe(MongoTargetSettings settings) throws Fault {
    this.settings = settings;
    this.client = MongoConnection.open(settings.uri());
    this.database = client.getDatabase(settings.database());
    this.layouts = new LayoutFinder(database, settings);
  }

  /**
   * What the server is.
   *
   * @param sharded whether it is a router (mongos) of a sharded cluster
   * @param renamesSharded whether it can rename a sharded collection, as MongoDB 5.0 and later can
   */
  public record ServerFacts(String version, boolean sharded, boolean renamesSharded) {}

  /**
   * What a collection holds.
   *
   * @param documents an estimate of their number
   */
  public record CollectionFacts(long documents, IdLayout layout) {}

  /**
   * A privilege that the user does not have.
   *
   * @param action its name in MongoDB's roles
   * @param database where it is missing
   */
  public record MissingPrivilege(String action, String database) {}

  public ServerFacts server() throws Fault {
    try {
      String version = database.runCommand(new Document("buildInfo", 1)).getString("version");
      return new ServerFacts(
          version,
          MongoConnection.isRouter(client),
          MongoConnection.wireVersion(client) >= MONGODB_5_0);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "ask the target for its version");
    }
  }

  /**
   * What a collection for the items of a table holds now; empty if it does not exist.
   *
   * @param name the name of the collection
   */
  public Optional<CollectionFacts> collection(TableSchema table, String name) throws Fault {
    try {
      if (!layouts.exists(name)) {
        return Optional.empty();
      }
      MongoCollection<Document> collection = database.getCollection(name);
      return Optional.of(
          new CollectionFacts(
              collection.estimatedDocumentCount(), layouts.layoutOf(table, collection).id()));
    } catch (MongoException e) {
      throw MongoFaults.of(e, "read from " + settings.database() + "." + name);
    }
  }

  /**
   * Why a collection that exists cannot hold a table; empty if it can.
   *
   * @param name the name of the collection
   */
  public Optional<String> whyUnfit(String name) throws Fault {
    try {
      return layouts.whyUnfit(name);
    } catch (MongoException e) {
      throw MongoFaults.of(e, "look at " + settings.database() + "." + name);
    }
  }

  /**
   * The privileges that a sync needs and the user does not have. A server without users allows
   * everything.
   *
   * @param checkpoints database of the checkpoint, if it is on the same server
   * @return empty if the server does not say
   * @see <a href="https://www.mongodb.com/docs/manual/reference/command/connectionStatus/">
   *     connectionStatus</a>
   */
  public Optional<List<MissingPrivilege>> missingPrivileges(Optional<String> checkpoints)
      throws Fault {
    Document answer;
    try {
      answer =
          client
              .getDatabase("admin")
              .runCommand(new Document("connectionStatus", 1).append("showPrivileges", true));
    } catch (MongoCommandException e) {
      if (e.getErrorCode() == COMMAND_NOT_FOUND || e.getErrorCode() == -1) {
        return Optional.empty();
      }
      throw MongoFaults.of(e, "ask the target for the privileges of its user");
    } catch (MongoException e) {
      throw MongoFaults.of(e, "ask the target for the privileges of its user");
    }
    Document auth = answer.get("authInfo", new Document());
    if (auth.getList("authenticatedUsers", Document.class, List.of()).isEmpty()) {
      return Optional.of(List.of());
    }
    List<Document> privileges =
        auth.getList("authenticatedUserPrivileges", Document.class, List.of());
    List<MissingPrivilege> missing = new ArrayList<>();
    needed(checkpoints).forEach((name, actions) -> collect(actions, name, privileges, missing));
    return Optional.of(missing);
  }

  /**
   * The privileges that a sync uses, by database.
   *
   * @param checkpoints database of the checkpoint, if it is on the same server
   */
  public Map<String, List<String>> needed(Optional<String> checkpoints) {
    Map<String, List<String>> needed = new LinkedHashMap<>();
    needed.put(settings.database(), needed());
    checkpoints.ifPresent(name -> needed.put(name, NEEDED_FOR_CHECKPOINTS));
    return needed;
  }

  private List<String> needed() {
    if (!settings.sharded()) {
      return NEEDED;
    }
    List<String> all = new ArrayList<>(NEEDED);
    all.add(NEEDED_TO_SHARD);
    return all;
  }

  static void collect(
      List<String> needed,
      String database,
      List<Document> privileges,
      List<MissingPrivilege> missing) {
    Set<String> allowed = new HashSet<>();
    for (Document privilege : privileges) {
      Document resource = privilege.get("resource", new Document());
      String where = resource.getString("db");
      String collection = resource.getString("collection");
      boolean whole = collection != null && collection.isEmpty();
      if (resource.getBoolean("anyResource", false)
          || whole && where != null && (where.isEmpty() || where.equals(database))) {
        allowed.addAll(privilege.getList("actions", String.class, List.of()));
      }
    }
    for (String action : needed) {
      if (!allowed.contains(action) && !allowed.contains("anyAction")) {
        missing.add(new MissingPrivilege(action, database));
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
