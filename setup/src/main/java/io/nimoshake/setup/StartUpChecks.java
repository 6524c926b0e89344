package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.client.TableIdentity;
import io.nimoshake.dynamodb.file.FileTarget;
import io.nimoshake.dynamodb.file.FileTargetSettings;
import io.nimoshake.dynamodb.filter.InvalidFilterException;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.write.DynamoTarget;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.preview.MongoProbe;
import io.nimoshake.mongodb.preview.MongoProbe.ServerFacts;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.config.SyncKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks that run before a sync changes anything. */
public final class StartUpChecks {
  private static final Logger LOG = LoggerFactory.getLogger(StartUpChecks.class);

  /** How long the first try looks for a server, and the longest time of a later one. */
  private static final Duration FIRST_LOOK = Duration.ofSeconds(2);

  private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

  /** How often a table that is named is looked for before it counts as missing. */
  private static final int LOOKS_FOR_A_TABLE = 3;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private StartUpChecks() {}

  /**
   * Checks that the source answers, accepts our credentials and has the tables that are named.
   *
   * @return all tables of the source
   */
  public static List<String> source(StartUp start, Source source, TableFilter filter)
      throws StartUpException {
    List<String> existing = existing(start, source, filter);
    // A table that was created a moment ago may be missing in answers of both kinds.
    for (int look = 1; look < LOOKS_FOR_A_TABLE && isOneMissing(filter, existing); look++) {
      start.pause(BETWEEN_LOOKS);
      existing = existing(start, source, filter);
    }
    Optional<String> missing = filter.missing(existing, "the source");
    if (missing.isPresent()) {
      throw StartUpException.refused(missing.get(), null);
    }
    return existing;
  }

  private static boolean isOneMissing(TableFilter filter, List<String> existing) {
    return filter.missing(existing, "the source").isPresent();
  }

  private static List<String> existing(StartUp start, Source source, TableFilter filter)
      throws StartUpException {
    List<String> tables =
        start.call(Server.SOURCE, "listing the tables of the source", source::listTables);
    List<String> existing = new ArrayList<>(tables);
    for (String name : filter.required()) {
      if (!tables.contains(name)
          && start.call(Server.SOURCE, "looking for table " + name, () -> exists(source, name))) {
        existing.add(name);
      }
    }
    return existing;
  }

  /** A list may lag behind, so a table that is not in it is asked for by its name. */
  private static boolean exists(Source source, String table) throws Fault {
    try {
      source.describe(table);
      return true;
    } catch (Fault.TableGone e) {
      return false;
    }
  }

  /**
   * Checks that the mapping gives each item of these tables a document of its own, and that the
   * target can have what it asks for. Without a mapping no table is looked at.
   */
  static void mapping(StartUp start, SyncSetup setup, Source source, List<String> wanted)
      throws StartUpException {
    if (setup.mapping() == Mapping.NONE) {
      return;
    }
    if (!wanted.isEmpty()) {
      setup.fileMapping().ifPresent(file -> file.unusedNames(wanted).forEach(LOG::warn));
    }
    List<TableSchema> tables = new ArrayList<>();
    for (String table : wanted) {
      tables.add(
          start.call(Server.SOURCE, "describing table " + table, () -> source.describe(table)));
    }
    List<String> problems = setup.mappingProblems(tables);
    if (!problems.isEmpty()) {
      throw StartUpException.refused(String.join("\n", problems), null);
    }
  }

  /** Checks that these tables can be copied as the configuration says. */
  static void copy(StartUp start, SyncSetup setup, DynamoSource source, List<String> tables)
      throws StartUpException {
    if (!setup.copiesExports()) {
      filter(start, source, tables);
      return;
    }
    exportProblems(start, source, tables).forEach(LOG::warn);
  }

  /**
   * What is wrong with the exports of these tables, for people. A table may be copied already. If
   * not, it fails before its target is touched, and the others go on.
   */
  public static List<String> exportProblems(StartUp start, DynamoSource source, List<String> tables)
      throws StartUpException {
    List<String> problems = new ArrayList<>();
    for (String table : tables) {
      start
          .call(
              Server.SOURCE,
              "reading the export of table " + table,
              () -> exportProblem(source, table))
          .ifPresent(problems::add);
    }
    problems.addAll(
        start.call(Server.SOURCE, "reading the given exports", () -> source.unusedExports(tables)));
    return problems;
  }

  private static Optional<String> exportProblem(DynamoSource source, String table) throws Fault {
    try {
      source.requireExport(table);
      return Optional.empty();
    } catch (Fault.TableFailed | Fault.Unknown e) {
      return Optional.of("table " + table + " cannot be copied from an export: " + e.getMessage());
    }
  }

  /** Lets the service check the filter with every table that is to be copied. */
  private static void filter(StartUp start, DynamoSource source, List<String> tables)
      throws StartUpException {
    for (String table : tables) {
      Optional<InvalidFilterException> refusal =
          start.call(
              Server.SOURCE,
              "trying the filter on table " + table,
              () -> refusedFilter(source, table));
      if (refusal.isPresent()) {
        throw refusedFilter(refusal.get());
      }
    }
  }

  private static Optional<InvalidFilterException> refusedFilter(DynamoSource source, String table)
      throws Fault {
    try {
      source.tryFilter(table);
      return Optional.empty();
    } catch (InvalidFilterException e) {
      return Optional.of(e);
    } catch (Fault e) {
      if (e.isRetryable()) {
        throw e;
      }
      // Something is wrong with this table alone. It fails when it is copied; the others go on.
      return Optional.empty();
    }
  }

  /** The service refuses the filter. */
  public static StartUpException refusedFilter(InvalidFilterException e) {
    return StartUpException.refused(SyncKeys.FILTER_EXPRESSION.name() + " " + e.getMessage(), e);
  }

  /** Checks that the target answers, accepts our credentials, and is sharded if it must be. */
  public static void target(StartUp start, MongoTargetSettings settings) throws StartUpException {
    Looks looks = new Looks();
    start.run(
        Server.TARGET,
        "connecting to the target",
        () ->
            MongoConnection.check(
                "target", settings.uri(), settings.database(), settings.sharded(), looks.next()));
  }

  /** A server that is busy or far away is not down: each try looks longer than the one before. */
  private static final class Looks {
    private Duration next = FIRST_LOOK;

    Duration next() {
      Duration now = next;
      Duration doubled = now.multipliedBy(2);
      next = doubled.compareTo(LONGEST_LOOK) < 0 ? doubled : LONGEST_LOOK;
      return now;
    }
  }

  /** Checks that the target can rename collections if the sync may have to. */
  static void renames(StartUp start, SyncSetup setup) throws StartUpException {
    MongoTargetSettings settings = setup.targetSettings();
    if (!settings.sharded()) {
      return;
    }
    ServerFacts server =
        start.call(Server.TARGET, "asking the target for its version", () -> facts(settings));
    Optional<String> refusal = cannotRename(setup.options(), server);
    if (refusal.isPresent()) {
      throw StartUpException.refused(refusal.get(), null);
    }
  }

  private static ServerFacts facts(MongoTargetSettings settings) throws Fault {
    try (MongoProbe probe = new MongoProbe(settings)) {
      return probe.server();
    }
  }

  /**
   * Why a sync into sharded collections cannot start: it would have to rename one, which MongoDB
   * cannot do before 5.0. A new copy after a gap replaces the old one by a rename, too.
   */
  public static Optional<String> cannotRename(SyncOptions options, ServerFacts server) {
    boolean renames = options.existing() == Existing.RENAME;
    boolean resyncs = options.onGap().resyncs();
    if (server.renamesSharded() || !renames && !resyncs) {
      return Optional.empty();
    }
    return Optional.of(
        "target.mongodb.type = sharding: MongoDB "
            + server.version()
            + " cannot rename a sharded collection: set "
            + (options.onGap() == SyncOptions.OnGap.BACKFILL_OR_RESYNC
                ? "on_gap.fallback"
                : "on_gap")
            + " = fail"
            + (renames ? " and target.db.exist = drop" : "")
            + ", or use MongoDB 5.0 or later");
  }

  /** Checks that files can be written. */
  static void target(StartUp start, FileTargetSettings settings) throws StartUpException {
    start.run(
        Server.TARGET, "trying the directory of the target", () -> FileTarget.check(settings));
  }

  /** Checks that the target answers and accepts our credentials. */
  public static void target(StartUp start, DynamoTarget target) throws StartUpException {
    start.run(Server.TARGET, "connecting to the target", target::check);
  }

  /** Checks the same, and that the target is not the source under another address. */
  static void target(StartUp start, DynamoTarget target, DynamoSource source, List<String> wanted)
      throws StartUpException {
    target(start, target);
    // One table is enough: if the target is the source, it has every table of the source.
    Optional<String> first = wanted.stream().findFirst();
    if (first.isEmpty()) {
      return;
    }
    String table = first.get();
    Optional<TableIdentity> there =
        start.call(Server.TARGET, "looking for table " + table, () -> target.identity(table));
    if (there.isPresent()
        && there
            .get()
            .isSameAs(
                start.call(
                    Server.SOURCE, "describing table " + table, () -> source.identity(table)))) {
      throw StartUpException.refused(
          "the target is the source: table " + table + " would be copied onto itself", null);
    }
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

  static void checkpoints(StartUp start, MongoCheckpointStore store) throws StartUpException {
    Looks looks = new Looks();
    start.run(Server.CHECKPOINT, "connecting to the checkpoint", () -> store.check(looks.next()));
  }
}
