package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.write.DynamoTarget;
import io.nimoshake.dynamodb.write.DynamoTargetSettings;
import io.nimoshake.mongodb.checkpoint.GoCheckpointImport;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.write.MongoTarget;
import io.nimoshake.setup.config.Choices.OnPoison;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import java.time.Clock;
import java.util.List;
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
   * @return the tables of the source that the filter selects
   * @throws StartUpException if a check fails
   */
  public static List<String> check(SyncSetup setup) throws StartUpException, Fault {
    // Without retries, so that an address where no server listens costs one timeout, not several.
    try (DynamoSource source = setup.source(setup.dynamoSettings().withMaxRetries(0))) {
      List<String> tables = StartUpChecks.source(source, setup.tableFilter());
      List<String> wanted = setup.tableFilter().select(tables);
      checkSelection(setup, tables, wanted);
      StartUpChecks.mapping(setup, source, wanted);
      if (setup.options().mode() != Mode.INCR && !setup.options().schemaOnly()) {
        StartUpChecks.filter(source, wanted);
      }
      if (!setup.targetSpeaksDynamo()) {
        StartUpChecks.target(setup.targetSettings());
        StartUpChecks.renames(setup);
        return wanted;
      }
      DynamoTargetSettings settings = setup.dynamoTargetSettings();
      DynamoTargetSettings once =
          new DynamoTargetSettings(settings.service().withMaxRetries(0), settings.userIndexes());
      try (DynamoTarget target = new DynamoTarget(once)) {
        StartUpChecks.target(target, source, wanted);
        return wanted;
      }
    }
  }

  /** A copy of no table would end at once and report success. Following may wait for a table. */
  private static void checkSelection(SyncSetup setup, List<String> tables, List<String> wanted)
      throws StartUpException {
    if (wanted.isEmpty() && setup.options().mode() == Mode.FULL) {
      throw StartUpException.refused(TableFilter.nothingSelected(tables), null);
    }
    if (wanted.isEmpty()) {
      LOG.warn(
          "{}; looking for new tables every {} s",
          TableFilter.nothingSelected(tables),
          setup.options().discoveryInterval().toSeconds());
    }
  }

  public static Target target(SyncSetup setup) throws Fault {
    return setup.targetSpeaksDynamo()
        ? new DynamoTarget(setup.dynamoTargetSettings())
        : new MongoTarget(setup.targetSettings(), setup.mapping(), Clock.systemUTC());
  }

  public static GoCheckpointImport checkpoints(SyncSetup setup) throws StartUpException, Fault {
    if (!setup.checkpointInMongo()) {
      return setup.fileCheckpoints();
    }
    StartUpChecks.goFiles(setup);
    MongoCheckpointStore store = setup.mongoCheckpoints();
    try {
      StartUpChecks.checkpoints(store);
    } catch (StartUpException e) {
      store.close();
      throw e;
    }
    return store;
  }

  /** Where rejected items go. */
  public static DeadLetters deadLetters(Configuration configuration) {
    return configuration.get(GeneralKeys.ON_POISON) == OnPoison.DEAD_LETTER
        ? new DeadLetterFile(new SyncSetup(configuration).deadLetterFile(), Clock.systemUTC())
        : DeadLetters.FAIL;
  }

  /**
   * Converts a checkpoint of the Go tool to our format, if there is one.
   *
   * @param fence the fencing number of our lease
   * @throws StartUpException if this configuration cannot continue from it
   */
  public static void takeOver(
      Configuration configuration,
      Source source,
      Target target,
      GoCheckpointImport store,
      long fence)
      throws StartUpException, Fault {
    Takeover takeover =
        new Takeover(configuration, new SyncSetup(configuration).options(), source, target);
    takeover.check(store);
    takeover.carryOut(store, fence);
    new MappingChange(new SyncSetup(configuration), source, target).carryOut(store, fence);
  }
}
