package io.nimoshake.setup;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.dynamodb.back.BackTarget;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.mongodb.source.ChangeStreamSource;
import io.nimoshake.mongodb.source.PreImages;
import io.nimoshake.mongodb.source.RejectedKeys;
import io.nimoshake.mongodb.source.StreamStart;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.setup.StartUp.Server;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Opens the way back: the changes of MongoDB are read, and the tables of DynamoDB are written. In
 * messages, as in the keys of the configuration, DynamoDB is the source and MongoDB the target.
 */
public final class WayBackConnections {
  private WayBackConnections() {}

  /**
   * Opens the change streams of MongoDB.
   *
   * @param rejected the items that the copy to MongoDB has rejected
   */
  public static Source source(SyncSetup setup, StartUp start, RejectedKeys rejected)
      throws StartUpException {
    return start.call(
        Server.TARGET,
        "setting up the change streams",
        () -> changeStreams(setup, setup.dynamoSettings(), rejected));
  }

  static Target target(SyncSetup setup, StartUp start) throws StartUpException {
    return start.call(
        Server.SOURCE, "setting up the tables", () -> new BackTarget(setup.backSettings()));
  }

  /** DynamoDB, for what a sync from there needs after a return. */
  public static Source tables(SyncSetup setup, StartUp start) throws StartUpException {
    return start.call(
        Server.SOURCE, "setting up the streams", () -> setup.source(setup.dynamoSettings()));
  }

  private static ChangeStreamSource changeStreams(
      SyncSetup setup, DynamoSettings tables, RejectedKeys rejected) throws Fault {
    return new ChangeStreamSource(
        setup.targetSettings(),
        setup.source(tables),
        setup.mapping(),
        setup.reverseMapping(),
        setup.tableFilter(),
        rejected);
  }

  /**
   * Why tables have no way back, a line each for people. Changes nothing. Asked before a cut-over,
   * too: afterwards it would be too late.
   */
  public static List<String> problems(SyncSetup setup, Collection<TableSchema> schemas)
      throws Fault {
    List<String> problems = new ArrayList<>(setup.reverseMapping().problems(schemas));
    problems.addAll(PreImages.problems(setup.targetSettings(), setup.mapping(), schemas));
    return problems;
  }

  /**
   * Checks that both sides can be reached and that the tables have a way back. Changes nothing.
   *
   * @return all tables of DynamoDB
   */
  static List<String> check(SyncSetup setup, StartUp start) throws StartUpException {
    DynamoSettings once = setup.dynamoSettings().withMaxRetries(0);
    try (ChangeStreamSource source =
        start.call(
            Server.TARGET,
            "setting up the change streams",
            // The checks read no items.
            () -> changeStreams(setup, once, RejectedKeys.NONE))) {
      List<String> tables = StartUpChecks.source(start, source, setup.tableFilter());
      StartUpChecks.target(start, setup.targetSettings());
      MongoTargetSettings mongo = setup.targetSettings();
      start.run(
          Server.TARGET,
          "looking for its change streams",
          () -> StreamStart.now(mongo.uri(), mongo.database()));
      List<TableSchema> schemas = new ArrayList<>();
      for (String table : setup.tableFilter().select(tables)) {
        schemas.add(
            start.call(Server.SOURCE, "describing table " + table, () -> source.describe(table)));
      }
      List<String> problems = new ArrayList<>(setup.mappingProblems(schemas));
      if (problems.isEmpty()) {
        problems.addAll(
            start.call(
                Server.TARGET, "looking at its collections", () -> problems(setup, schemas)));
      }
      if (!problems.isEmpty()) {
        throw StartUpException.refused(String.join("\n", problems), null);
      }
      return tables;
    }
  }
}
