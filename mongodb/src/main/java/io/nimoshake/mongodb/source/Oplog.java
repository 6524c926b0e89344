package io.nimoshake.mongodb.source;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.model.Projections;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.client.MongoFaults;
import java.time.Instant;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;

/**
 * How far back the oplog of MongoDB reaches. A user may not be allowed to see it, and a sharded
 * cluster has one for each shard, which its routers do not show.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/core/replica-set-oplog/">MongoDB Manual,
 *     Replica Set Oplog</a>
 */
final class Oplog {
  private final MongoClient client;

  Oplog(MongoClient client) {
    this.client = client;
  }

  /**
   * The time of its oldest entry; empty if the server does not say.
   *
   * @throws Fault if that may pass
   */
  Optional<Instant> oldest(String doing) throws Fault {
    try {
      BsonDocument entry =
          client
              .getDatabase("local")
              .getCollection("oplog.rs", BsonDocument.class)
              .find()
              .sort(new Document("$natural", 1))
              .projection(Projections.include("ts"))
              .first();
      BsonValue time = entry == null ? null : entry.get("ts");
      return time == null || !time.isTimestamp()
          ? Optional.empty()
          : Optional.of(
              Instant.ofEpochSecond(Integer.toUnsignedLong(time.asTimestamp().getTime())));
    } catch (MongoException e) {
      Fault fault = MongoFaults.of(e, doing);
      if (fault instanceof Fault.Transient || fault instanceof Fault.Throttled) {
        throw fault;
      }
      return Optional.empty();
    }
  }
}
