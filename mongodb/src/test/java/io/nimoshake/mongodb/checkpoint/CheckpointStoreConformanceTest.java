package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.conformance.CheckpointStoreConformance;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store in MongoDB keeps what the port promises. */
class CheckpointStoreConformanceTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  @Nested
  class InMongo extends CheckpointStoreConformance {
    private final String database = MONGO.freshDatabase().getName();

    @Override
    protected CheckpointStore open() throws Fault {
      return new MongoCheckpointStore(MONGO.uri(), database);
    }
  }

  @Nested
  class InMongoUnderFaults extends CheckpointStoreConformance {
    private final String database = MONGO.freshDatabase().getName();

    @Override
    protected CheckpointStore open() throws Fault {
      return underFaults(new MongoCheckpointStore(MONGO.uri(), database));
    }
  }
}
