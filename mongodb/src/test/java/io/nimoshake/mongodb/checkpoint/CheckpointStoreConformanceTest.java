package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.conformance.CheckpointStoreConformance;
import io.nimoshake.testkit.fault.PortFault;
import io.nimoshake.testkit.fault.PortFaults;
import java.util.Set;
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

  /** Every third call fails before or after its effect, and is made again as the engine does. */
  @Nested
  class InMongoUnderFaults extends CheckpointStoreConformance {
    private final String database = MONGO.freshDatabase().getName();

    @Override
    protected CheckpointStore open() throws Fault {
      // Who loses the answer to replaceLease cannot ask again: it looks who has the lease.
      PortFaults faults =
          new PortFaults()
              .seeded(Set.of("save", "load", "lease"), 7, 0.3, PortFault.ANSWER_LOST)
              .seeded(Set.of(), 8, 0.3, PortFault.THROTTLED, PortFault.RESET);
      return PortFaults.comingAgain(
          CheckpointStore.class, faults.on(new MongoCheckpointStore(MONGO.uri(), database)));
    }
  }
}
