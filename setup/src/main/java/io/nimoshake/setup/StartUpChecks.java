package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncOptions.OnGap;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.client.TableIdentity;
import io.nimoshake.dynamodb.filter.InvalidFilterException;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.write.DynamoTarget;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.preview.MongoProbe;
import io.nimoshake.mongodb.preview.MongoProbe.ServerFacts;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.setup.config.SyncKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks that run before a sync changes anything. */
public final class StartUpChecks {
  /** How long to look for a server: one that is busy or far away is not down. */
  static final Duration ANSWER = Duration.ofSeconds(10);

  private StartUpChecks() {}

  /**
   * Checks that the source answers, accepts our credentials and has the tables that are named.
   *
   * @return all tables of the source
   */
  public static List<String> source(Source source, TableFilter filter) throws StartUpException {
    List<String> tables;
    try {
      tables = source.listTables();
    } catch (Fault e) {
      throw of("source", e);
    }
    Optional<String> missing = filter.missing(tables, "the source");
    if (missing.isPresent()) {
      throw StartUpException.refused(missing.get(), null);
    }
    return tables;
  }

  /**
   * Checks that the mapping gives each item of these tables a document of its own. Without a
   * mapping no table is looked at.
   */
  static void mapping(SyncSetup setup, Source source, List<String> wanted) throws StartUpException {
    Mapping mapping = setup.mapping();
    if (mapping == Mapping.NONE) {
      return;
    }
    List<TableSchema> tables = new ArrayList<>();
    try {
      for (String table : wanted) {
        tables.add(source.describe(table));
      }
    } catch (Fault e) {
      throw of("source", e);
    }
    List<String> problems = mapping.problems(tables);
    if (!problems.isEmpty()) {
      throw StartUpException.refused(String.join("\n", problems), null);
    }
  }

  /** Lets the service check the filter with every table that is to be copied. */
  static void filter(DynamoSource source, List<String> tables) throws StartUpException {
    for (String table : tables) {
      try {
        source.tryFilter(table);
      } catch (InvalidFilterException e) {
        throw refusedFilter(e);
      } catch (Fault e) {
        if (e.isRetryable()) {
          throw of("source", e);
        }
        // Something is wrong with this table alone. It fails when it is copied; the others go on.
      }
    }
  }

  /** The service refuses the filter. */
  public static StartUpException refusedFilter(InvalidFilterException e) {
    return StartUpException.refused(SyncKeys.FILTER_EXPRESSION.name() + " " + e.getMessage(), e);
  }

  /** Checks that the target answers, accepts our credentials, and is sharded if it must be. */
  public static void target(MongoTargetSettings settings) throws StartUpException {
    check(
        () -> MongoConnection.check("target", settings.uri(), settings.database(), false, ANSWER));
    if (settings.sharded()) {
      check(
          () -> MongoConnection.check("target", settings.uri(), settings.database(), true, ANSWER));
    }
  }

  /** Checks that the target can rename collections if the sync may have to. */
  static void renames(SyncSetup setup) throws StartUpException {
    MongoTargetSettings settings = setup.targetSettings();
    if (!settings.sharded()) {
      return;
    }
    try (MongoProbe probe = new MongoProbe(settings)) {
      Optional<String> refusal = cannotRename(setup.options(), probe.server());
      if (refusal.isPresent()) {
        throw StartUpException.refused(refusal.get(), null);
      }
    } catch (Fault e) {
      throw ofTarget(e);
    }
  }

  /**
   * Why a sync into sharded collections cannot start: it would have to rename one, which MongoDB
   * cannot do before 5.0. A new copy after a gap replaces the old one by a rename, too.
   */
  public static Optional<String> cannotRename(SyncOptions options, ServerFacts server) {
    boolean renames = options.existing() == Existing.RENAME;
    boolean resyncs = options.onGap() == OnGap.RESYNC;
    if (server.renamesSharded() || !renames && !resyncs) {
      return Optional.empty();
    }
    return Optional.of(
        "target.mongodb.type = sharding: MongoDB "
            + server.version()
            + " cannot rename a sharded collection: set on_gap = fail"
            + (renames ? " and target.db.exist = drop" : "")
            + ", or use MongoDB 5.0 or later");
  }

  /** Checks that the target answers and accepts our credentials. */
  public static void target(DynamoTarget target) throws StartUpException {
    try {
      target.check();
    } catch (Fault e) {
      throw ofTarget(e);
    }
  }

  /** Checks the same, and that the target is not the source under another address. */
  static void target(DynamoTarget target, DynamoSource source, List<String> wanted)
      throws StartUpException {
    target(target);
    try {
      // One table is enough: if the target is the source, it has every table of the source.
      Optional<String> first = wanted.stream().findFirst();
      if (first.isPresent()) {
        Optional<TableIdentity> there = target.identity(first.get());
        if (there.isPresent() && there.get().isSameAs(source.identity(first.get()))) {
          throw StartUpException.refused(
              "the target is the source: table " + first.get() + " would be copied onto itself",
              null);
        }
      }
    } catch (Fault e) {
      throw ofTarget(e);
    }
  }

  private static StartUpException ofTarget(Fault e) {
    return of("target", e);
  }

  private static StartUpException of(String side, Fault e) {
    String message = side + ": " + e.getMessage();
    return e.isRetryable()
        ? StartUpException.unreachable(message, e)
        : StartUpException.refused(message, e);
  }

  /** The Go tool stores its checkpoint in files by default: do not ignore such a checkpoint. */
  static void goFiles(SyncSetup setup) throws StartUpException {
    Path status = Path.of("checkpoint", "status_table");
    if (!setup.isCheckpointTypeSet() && Files.exists(status)) {
      throw StartUpException.refused(
          "checkpoint.type is not set, and "
              + status
              + " is a checkpoint of the Go tool: set checkpoint.type = file to continue from it,"
              + " or checkpoint.type = mongodb to ignore it",
          null);
    }
  }

  static void checkpoints(MongoCheckpointStore store) throws StartUpException {
    check(() -> store.check(ANSWER));
  }

  private interface Check {
    void run() throws Fault;
  }

  private static void check(Check check) throws StartUpException {
    try {
      check.run();
    } catch (Fault e) {
      throw e.isRetryable()
          ? StartUpException.unreachable(e.getMessage(), e)
          : StartUpException.refused(e.getMessage(), e);
    }
  }
}
