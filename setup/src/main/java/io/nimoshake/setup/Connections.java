package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.file.FileTarget;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.write.DynamoTarget;
import io.nimoshake.dynamodb.write.DynamoTargetSettings;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.mongodb.write.MongoTarget;
import io.nimoshake.setup.DeadLetterFile.Direction;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.config.Choices.OnPoison;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens what a configuration names: source, target, checkpoint store, dead letter file. */
public final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private Connections() {}

  /**
   * Checks that source and target answer, accept our credentials and have the required tables.
   * Changes nothing.
   *
   * @return that the filter selects no table, as a sentence for people; empty if it selects some
   * @throws StartUpException if a check fails
   */
  public static Optional<String> check(SyncSetup setup, StartUp start) throws StartUpException {
    if (setup.options().mode() == Mode.BACK) {
      List<String> tables = WayBackConnections.check(setup, start);
      return checkSelection(setup, tables, setup.tableFilter().select(tables));
    }
    // The SDK does not retry these calls: start-up does.
    DynamoSettings once = setup.dynamoSettings().withMaxRetries(0);
    try (DynamoSource source =
        start.call(Server.SOURCE, "setting up the source", () -> setup.source(once))) {
      List<String> tables = StartUpChecks.source(start, source, setup.tableFilter());
      List<String> wanted = setup.tableFilter().select(tables);
      final Optional<String> nothing = checkSelection(setup, tables, wanted);
      StartUpChecks.mapping(start, setup, source, wanted);
      if (setup.options().mode().copies() && !setup.options().schemaOnly()) {
        StartUpChecks.copy(start, setup, source, wanted);
      }
      if (setup.fileTargetSettings().isPresent()) {
        StartUpChecks.target(start, setup.fileTargetSettings().get());
      } else if (setup.targetSpeaksDynamo()) {
        try (DynamoTarget target = dynamoTarget(setup, start)) {
          StartUpChecks.target(start, target, source, wanted);
        }
      } else {
        StartUpChecks.target(start, setup.targetSettings());
        StartUpChecks.renames(start, setup);
      }
      return nothing;
    }
  }

  /** The target for checks: without retries of its own. */
  public static DynamoTarget dynamoTarget(SyncSetup setup, StartUp start) throws StartUpException {
    DynamoTargetSettings once = setup.dynamoTargetSettings().withoutRetries();
    return start.call(Server.TARGET, "setting up the target", () -> new DynamoTarget(once));
  }

  /**
   * A copy of no table would end at once and report success. Following may wait for a table.
   *
   * @return that no table is selected; empty if some are
   */
  private static Optional<String> checkSelection(
      SyncSetup setup, List<String> tables, List<String> wanted) throws StartUpException {
    if (!wanted.isEmpty()) {
      return Optional.empty();
    }
    String nothing = TableFilter.nothingSelected(tables);
    if (setup.options().mode() == Mode.FULL) {
      throw StartUpException.refused(nothing, null);
    }
    LOG.warn(
        "{}; looking for new tables every {} s",
        nothing,
        setup.options().discoveryInterval().toSeconds());
    return Optional.of(nothing);
  }

  /** DynamoDB, or exports of its tables. For the way back see {@link WayBackConnections}. */
  public static Source source(SyncSetup setup, StartUp start) throws StartUpException {
    return start.call(
        Server.SOURCE, "setting up the source", () -> setup.source(setup.dynamoSettings()));
  }

  public static Target target(SyncSetup setup, StartUp start) throws StartUpException {
    if (setup.options().mode() == Mode.BACK) {
      return WayBackConnections.target(setup, start);
    }
    return start.call(Server.TARGET, "setting up the target", () -> target(setup));
  }

  private static Target target(SyncSetup setup) throws Fault {
    if (setup.fileTargetSettings().isPresent()) {
      return new FileTarget(setup.fileTargetSettings().get(), Clock.systemUTC());
    }
    return setup.targetSpeaksDynamo()
        ? new DynamoTarget(setup.dynamoTargetSettings())
        : new MongoTarget(setup.targetSettings(), setup.mapping(), Clock.systemUTC());
  }

  public static SyncStore checkpoints(SyncSetup setup, StartUp start) throws StartUpException {
    if (!setup.checkpointInMongo()) {
      return start.call(Server.CHECKPOINT, "opening the checkpoint", setup::fileCheckpoints);
    }
    StartUpChecks.goFiles(setup);
    MongoCheckpointStore store =
        start.call(Server.CHECKPOINT, "setting up the checkpoint", setup::mongoCheckpoints);
    try {
      StartUpChecks.checkpoints(start, store);
    } catch (StartUpException e) {
      store.close();
      throw e;
    }
    return store;
  }

  /** Where rejected items go. */
  public static DeadLetters deadLetters(Configuration configuration) {
    if (configuration.get(GeneralKeys.ON_POISON) != OnPoison.DEAD_LETTER) {
      return DeadLetters.FAIL;
    }
    SyncSetup setup = new SyncSetup(configuration);
    Direction direction = setup.options().mode() == Mode.BACK ? Direction.BACK : Direction.FORWARD;
    return new DeadLetterFile(setup.deadLetterFile(), direction, Clock.systemUTC());
  }
}
