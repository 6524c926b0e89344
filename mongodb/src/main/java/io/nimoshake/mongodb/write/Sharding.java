package io.nimoshake.mongodb.write;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Indexes;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shards collections ({@code target.mongodb.type = sharding}).
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/command/shardCollection/">
 *     shardCollection</a>
 */
final class Sharding {
  private static final Logger LOG = LoggerFactory.getLogger(Sharding.class);
  private static final int ALREADY_INITIALIZED = 23;
  private static final int COMMAND_NOT_FOUND = 59;
  private static final int MONGODB_6_0 = 17;

  private final MongoClient client;

  Sharding(MongoClient client) {
    this.client = client;
  }

  /** Shards a collection by the hash of a field. Does nothing if it is sharded already. */
  void shard(MongoCollection<Document> collection, String field, boolean empty) throws Fault.Fatal {
    if (!empty) {
      // MongoDB shards a collection with documents only along an index that exists
      collection.createIndex(Indexes.hashed(field));
    }
    // MongoDB 6.0 and later enable it themselves, and may refuse this to the user
    if (MongoConnection.wireVersion(client) < MONGODB_6_0) {
      run(new Document("enableSharding", collection.getNamespace().getDatabaseName()));
    }
    run(
        new Document("shardCollection", collection.getNamespace().getFullName())
            .append("key", new Document(field, "hashed")));
  }

  private void run(Document command) throws Fault.Fatal {
    try {
      client.getDatabase("admin").runCommand(command);
    } catch (MongoCommandException e) {
      if (e.getErrorCode() == COMMAND_NOT_FOUND) {
        throw new Fault.Fatal(
            "target.mongodb.type = sharding, but the target MongoDB is not sharded; set it to"
                + " replica",
            e);
      }
      if (e.getErrorCode() != ALREADY_INITIALIZED) {
        throw e;
      }
      LOG.info("already sharded: {}", MongoFaults.redact(e.getErrorMessage()));
    }
  }
}
