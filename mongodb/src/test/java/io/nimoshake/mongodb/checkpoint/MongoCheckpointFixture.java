package io.nimoshake.mongodb.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.SharedMongo;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A checkpoint in a database of its own. */
abstract class MongoCheckpointFixture {
  static final Instant NOW = Instant.parse("2026-11-23T01:02:03Z");

  static final OfSplit PARENT = shard("parent", Position.END, Set.of());
  static final OfSplit CHILD = shard("child", Position.after("7"), Set.of("parent"));

  final MongoDatabase database;
  private final String uri;

  MongoCheckpointFixture(SharedMongo mongo) {
    database = mongo.freshDatabase();
    uri = mongo.uri();
  }

  /** Another store of the same checkpoint. */
  MongoCheckpointStore open() throws Fault {
    return new MongoCheckpointStore(uri, database.getName());
  }

  /** A store whose records are never older than the journal. */
  MongoCheckpointStore held(long fence) throws Fault {
    return held(fence, Duration.ZERO);
  }

  MongoCheckpointStore held(long fence, Duration recordsEvery) throws Fault {
    MongoCheckpointStore store = new MongoCheckpointStore(uri, database.getName(), recordsEvery);
    assertTrue(store.replaceLease(Optional.empty(), Optional.of(lease(fence))));
    return store;
  }

  static Lease lease(long fence) {
    return new Lease(fence, "host", fence, NOW, NOW.plusSeconds(30));
  }

  static OfSplit shard(String id, Position position, Set<String> parents) {
    return new OfSplit(
        new Split.StreamShard("orders", "arn", id, parents, Optional.empty(), NOW),
        position,
        Optional.of(NOW),
        NOW);
  }
}
