package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Filtered;
import io.nimoshake.app.preview.Preview.LeftOut;
import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.app.preview.Preview.TablePreview;
import io.nimoshake.app.preview.Preview.TargetState;
import io.nimoshake.app.preview.Preview.Totals;
import io.nimoshake.app.program.Text;
import io.nimoshake.core.engine.Segments;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Retry;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.preview.SourceProbe;
import io.nimoshake.dynamodb.preview.TableFacts;
import io.nimoshake.setup.CopyEstimate;
import io.nimoshake.setup.CopyWays;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.TableFilter;
import io.nimoshake.setup.WayBackConnections;
import io.nimoshake.setup.config.Choices;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ExportKeys;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.PriceKeys;
import io.nimoshake.setup.config.SyncKeys;
import io.nimoshake.setup.config.TargetKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds out what a sync with a configuration would do. Changes nothing. */
final class Previewer {
  /** Calls a day for an idle shard: one every three seconds. */
  private static final double IDLE_CALLS_A_DAY = 24 * 60 * 60 / 3.0;

  private final Configuration configuration;
  private final StartUp start;
  private final SyncSetup setup;
  private final SyncOptions options;
  private final boolean follows;
  private final boolean copies;
  private final List<String> warnings = new ArrayList<>();

  Previewer(Configuration configuration, StartUp start) {
    this.configuration = configuration;
    this.start = start;
    this.setup = new SyncSetup(configuration);
    this.options = setup.options();
    this.follows =
        options.mode() != Mode.FULL && options.mode() != Mode.BACK && !options.schemaOnly();
    this.copies = options.mode().copies() && !options.schemaOnly();
  }

  /**
   * @throws StartUpException if a side does not answer or refuses our credentials
   */
  Preview look() throws StartUpException {
    try (SourceProbe source =
            start.call(
                Server.SOURCE,
                "setting up the source",
                () -> new SourceProbe(setup.dynamoSettings().withMaxRetries(0)));
        ExportPreview exports = new ExportPreview(configuration, start, copies, follows);
        TargetPreview target = ofTarget("setting up the target", this::target)) {
      SourceTables described = new SourceTables(configuration, start, source);
      Optional<List<String>> all = described.names();
      List<String> wanted = wanted(all);
      String version = ofTarget("asking the target for its version", target::version);
      Boolean sharded = ofTarget("asking the target for its version", target::sharded);
      EarlierRuns past = EarlierRuns.of(setup, start);
      warnings.addAll(past.warnings());
      List<TablePreview> tables = new ArrayList<>();
      List<CopyEstimate> estimates = new ArrayList<>();
      List<TableSchema> schemas = new ArrayList<>();
      for (String table : wanted) {
        Optional<TableFacts> facts = described.facts(table, follows);
        if (facts.isPresent()) {
          schemas.add(facts.get().schema());
          tables.add(table(facts.get(), described.filter(table), target, past, exports, estimates));
        }
      }
      if (copies && setup.copiesExports()) {
        warnings.addAll(exports.problems(wanted));
      }
      warnOfSettings();
      Totals totals = totals(tables, CopyEstimate.together(estimates, options.tablesAtATime()));
      RetentionWarning.of(Duration.ofMillis((long) (totals.seconds() * 1000)), waits(past))
          .ifPresent(warnings::add);
      List<Permission> permissions = new ArrayList<>(Permissions.of(source.attempts()));
      permissions.addAll(exports.permissions());
      permissions.addAll(ofTarget("asking for permissions of the target", target::permissions));
      List<Permission> denied =
          permissions.stream().filter(p -> p.outcome().equals("denied")).toList();
      denied.forEach(p -> warnings.add(0, "not permitted: " + Permissions.describe(p)));
      if (configuration.get(TargetKeys.SHARDED) && Boolean.FALSE.equals(sharded)) {
        warnings.add("target.mongodb.type is sharding, but the target is not a sharded cluster");
      }
      ofTarget("asking the target for its version", () -> target.refusal(options))
          .ifPresent(why -> warnings.add("the sync would refuse to start: " + why));
      return new Preview(
          setup.id(),
          options.mode().name().toLowerCase(Locale.ROOT),
          setup.dynamoSettings().place(),
          List.copyOf(warnings),
          noWayBack(schemas),
          denied.isEmpty(),
          permissions,
          new TargetState(target.kind(), target.database(), version, sharded, past.resuming()),
          tables,
          leftOut(all.orElse(List.of()), wanted),
          totals,
          configuration.otherThanInGo().stream()
              .map(k -> k.name() + " = " + k.byDefault() + " (" + k.goDefault().get() + ")")
              .toList());
    }
  }

  /** Pre-images, too, because they count only for changes that are made after they are enabled. */
  private List<String> noWayBack(List<TableSchema> schemas) throws StartUpException {
    if (configuration.get(TargetKeys.TYPE) != Choices.TargetType.MONGODB) {
      return setup.targetSpeaksDynamo() ? List.of() : setup.reverseMapping().problems(schemas);
    }
    return ofTarget("looking for pre-images", () -> WayBackConnections.problems(setup, schemas));
  }

  private <T> T ofTarget(String activity, Retry.Call<T> call) throws StartUpException {
    return start.call(Server.TARGET, activity, call);
  }

  private List<String> wanted(Optional<List<String>> all) {
    TableFilter filter = setup.tableFilter();
    if (all.isEmpty()) {
      return filter.required().stream().sorted().toList();
    }
    filter
        .missing(all.get(), "the source")
        .ifPresent(missing -> warnings.add("the sync would refuse to start: " + missing));
    List<String> wanted = filter.select(all.get()).stream().sorted().toList();
    if (wanted.isEmpty()) {
      warnings.add(TableFilter.nothingSelected(all.get()));
    }
    return wanted;
  }

  private List<LeftOut> leftOut(List<String> all, List<String> wanted) {
    String reason =
        setup.tableFilter().included().isEmpty()
            ? "excluded by filter.collection.black"
            : "not included in filter.collection.white";
    return all.stream()
        .filter(table -> !wanted.contains(table))
        .sorted()
        .map(table -> new LeftOut(table, reason))
        .toList();
  }

  private TablePreview table(
      TableFacts facts,
      Filtered filtered,
      TargetPreview target,
      EarlierRuns past,
      ExportPreview exports,
      List<CopyEstimate> estimates)
      throws StartUpException {
    TableSchema schema = facts.schema();
    CopyEstimate estimate = CopyWays.scan(configuration, schema, facts.provisionedReads());
    ExportPreview.OfTable exported = exports.look(facts, warnings);
    Optional<CopyWays> ways = exported.ways();
    boolean scans = copies && scans(ways);
    if (scans) {
      estimates.add(estimate);
    }
    if (!facts.status().equals("ACTIVE")) {
      warnings.add(schema.name() + " is " + facts.status() + ", not ACTIVE");
    }
    double price = configuration.get(PriceKeys.READ_UNITS).doubleValue();
    List<TableSchema.SecondaryIndex> indexes =
        configuration.get(SyncKeys.USER_INDEXES) ? schema.indexes() : List.of();
    return new TablePreview(
        schema.name(),
        schema.approximateItems(),
        schema.approximateBytes(),
        options.segments().orElse(Segments.auto(schema)),
        scans ? estimate.readUnits() : 0,
        scans && facts.provisionedReads().isEmpty() ? estimate.readUnits() / 1e6 * price : 0,
        scans ? estimate.duration().toMillis() / 1000.0 : 0,
        scans ? estimate.boundBy().toString() : copies ? "from an export" : "not copied",
        stream(facts),
        streamCostPerDay(facts),
        indexes.stream().map(TableSchema.SecondaryIndex::name).toList(),
        indexes.stream()
            .collect(
                Collectors.toMap(
                    TableSchema.SecondaryIndex::name,
                    index -> index.key().stream().map(KeyAttribute::name).toList())),
        filtered,
        target(schema, target, past),
        ways.map(Preview.Ways::of).orElse(null),
        exported.recoveryIsOn().orElse(null));
  }

  private boolean scans(Optional<CopyWays> ways) {
    return switch (configuration.get(ExportKeys.SOURCE)) {
      case SCAN -> true;
      case EXPORT -> false;
      case AUTO -> ways.filter(CopyWays::takesExport).isEmpty();
    };
  }

  private double streamCostPerDay(TableFacts facts) {
    if (!follows) {
      return 0;
    }
    double price = configuration.get(PriceKeys.STREAM_READS).doubleValue();
    return Math.max(1, facts.shards().orElse(1)) * IDLE_CALLS_A_DAY / 100_000 * price;
  }

  private String stream(TableFacts facts) {
    if (!follows) {
      return "not followed";
    }
    if (facts.streamView().isEmpty()) {
      return "none; the sync enables one with new and old images";
    }
    String view = facts.streamView().get();
    String shards =
        facts.shards().isPresent() ? ", " + Text.count(facts.shards().getAsLong(), "shard") : "";
    if (!view.startsWith("NEW")) {
      warnings.add(
          facts.schema().name()
              + ": its stream contains only "
              + view
              + "; every changed item must be read again, which costs read capacity");
    }
    return "enabled, " + view + shards;
  }

  private TargetPreview target() throws Fault {
    if (setup.fileTargetSettings().isPresent()) {
      return new FilePreview(setup.fileTargetSettings().get());
    }
    if (setup.targetSpeaksDynamo()) {
      return new DynamoPreview(
          setup.dynamoTargetSettings().withoutRetries(), options.existing() == Existing.DROP);
    }
    boolean checkpointsToo =
        setup.checkpointInMongo() && configuration.find(TargetKeys.CHECKPOINT_ADDRESS).isEmpty();
    return new MongoPreview(
        setup.targetSettings(),
        setup.mapping(),
        checkpointsToo
            ? Optional.of(
                configuration.find(TargetKeys.CHECKPOINT_DB).orElse(setup.id() + "-checkpoint"))
            : Optional.empty());
  }

  private String target(TableSchema schema, TargetPreview target, EarlierRuns past)
      throws StartUpException {
    Optional<TargetPreview.Holding> there =
        ofTarget("looking at table " + schema.name(), () -> target.holding(schema));
    String name = schema.name();
    boolean resumes = past.tables().contains(name);
    if (resumes && there.isEmpty()) {
      warnings.add(name + ": it is in the checkpoint, but no longer in the target");
      return "no longer exists, although the checkpoint has it";
    }
    if (there.isPresent() && (resumes || options.existing() == Existing.KEEP)) {
      Optional<String> why = ofTarget("looking at table " + name, () -> target.whyUnfit(schema));
      if (why.isPresent()) {
        warnings.add(name + ": " + why.get() + ": the table will fail");
        return "will FAIL; has " + there.get().description();
      }
    }
    if (resumes) {
      return past.continues() + "; has " + there.get().description();
    }
    if (there.isEmpty() || there.get().documents() == 0) {
      return "will be created, " + target.madeAs();
    }
    String what = there.get().description();
    return switch (options.existing()) {
      case DROP -> {
        warnings.add(name + ": target.db.exist = drop deletes the existing " + what);
        yield "will be DROPPED first; has " + what;
      }
      case RENAME -> "will be renamed first; has " + what;
      case KEEP, RESUME, BESIDE, RESUME_BESIDE -> {
        if (!target.merges()) {
          warnings.add(
              name
                  + ": the target already has "
                  + what
                  + ", and target.db.exist is not set: the table will fail");
          yield "will FAIL; the target has " + what;
        }
        warnings.add(
            name
                + ": the target already has "
                + what
                + ", and target.db.exist is not set: the documents are kept, the copy replaces"
                + " those with the same key, and the stream waits for the copy");
        yield "will be merged into; has " + what;
      }
    };
  }

  private void warnOfSettings() {
    if (setup.convertOptions().type() == ConvertType.MCHANGE) {
      warnings.add("convert.type = mchange: numbers become doubles and may lose digits");
    }
    if (setup.converts() && !configuration.get(TargetKeys.ESCAPE_NAMES)) {
      warnings.add(
          "convert.field_names = keep: MongoDB cannot search or index names with a dot or a leading"
              + " $");
    }
    if (configuration.isSet(SyncKeys.FILTER_EXPRESSION)
        && !configuration.get(SyncKeys.FILTER_STREAM)
        && follows) {
      warnings.add(
          "filter.stream = false: full.read.filter_expression applies to the copy, not to the"
              + " stream");
    }
    if (configuration.get(GeneralKeys.ON_POISON) == Choices.OnPoison.FAIL) {
      return;
    }
    warnings.add(
        "on_poison = dead_letter: rejected items are not in the target, only in the dead letter"
            + " file");
  }

  /** Whether the streams wait for the copy. A DynamoDB-compatible target always makes them wait. */
  private RetentionWarning.Waits waits(EarlierRuns past) {
    if (!follows) {
      return RetentionWarning.Waits.NOT;
    } else if (setup.targetSpeaksDynamo()) {
      return RetentionWarning.Waits.FOR_THE_TARGET;
    }
    boolean keeps = options.existing() == Existing.KEEP && !past.resuming();
    return !options.streamDuringCopy() || keeps
        ? RetentionWarning.Waits.AS_CONFIGURED
        : RetentionWarning.Waits.NOT;
  }

  private static Totals totals(List<TablePreview> tables, Duration duration) {
    return new Totals(
        tables.size(),
        tables.stream().mapToLong(TablePreview::items).sum(),
        tables.stream().mapToLong(TablePreview::bytes).sum(),
        tables.stream().mapToDouble(TablePreview::readUnits).sum(),
        tables.stream().mapToDouble(TablePreview::cost).sum(),
        duration.toMillis() / 1000.0,
        tables.stream().mapToDouble(TablePreview::streamCostPerDay).sum());
  }
}
