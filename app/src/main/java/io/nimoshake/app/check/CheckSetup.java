package io.nimoshake.app.check;

import io.nimoshake.app.history.CheckNotes;
import io.nimoshake.app.letter.RejectedItems;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry.Direction;
import io.nimoshake.core.port.CheckpointEntry.OfDirection;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.TargetMender;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.compare.DynamoTargetMender;
import io.nimoshake.dynamodb.compare.DynamoTargetReader;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ReadOptions;
import io.nimoshake.dynamodb.write.DynamoTarget;
import io.nimoshake.dynamodb.write.DynamoTargetSettings;
import io.nimoshake.mapping.plain.ComparableMapping;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.mongodb.compare.MongoTargetMender;
import io.nimoshake.mongodb.compare.MongoTargetReader;
import io.nimoshake.setup.Closer;
import io.nimoshake.setup.Connections;
import io.nimoshake.setup.LeaseHolder;
import io.nimoshake.setup.LiveDirection;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpChecks;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.TableFilter;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.SyncKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens both sides for a comparison, as the configuration says. */
public final class CheckSetup {
  private static final String TTL_SKIPPED =
      "increase.ttl_delete = skip, so expired items stay in the target";

  /** How long to wait for the answer of a running sync. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private final Configuration configuration;
  private final SyncSetup setup;

  public CheckSetup(Configuration configuration) {
    this.configuration = configuration;
    this.setup = new SyncSetup(configuration);
  }

  /** Connects to both sides and checks that they answer. */
  public Sides open(CheckOptions check) throws StartUpException {
    try (StartUp start = setup.startUp()) {
      return open(check, start);
    }
  }

  private Sides open(CheckOptions check, StartUp start) throws StartUpException {
    if (setup.fileTargetSettings().isPresent()) {
      throw StartUpException.refused(
          "target.type = file: the items of files are not compared or repaired; a sync that reads"
              + " the files (full.source = export) compares them with their manifest",
          null);
    }
    DynamoSettings settings = setup.dynamoSettings();
    try (Source source = source(start, settings.withMaxRetries(0), setup.readOptions())) {
      StartUpChecks.source(start, source, filter(check));
    }
    boolean mongoIsTruth = mongoIsTruth(check, start);
    // Every change of MongoDB is brought back, so an item that does not pass is not absent.
    ReadOptions read =
        mongoIsTruth ? setup.readOptions().filteringCopiesOnly() : setup.readOptions();
    ReadOptions sampled =
        check.sample().isPresent()
            ? read.withScanLimit(
                Math.min(
                    read.scanLimit().orElse(Integer.MAX_VALUE),
                    Sampling.itemsAPart(check.sample().getAsInt())))
            : read;
    SyncOptions options = setup.options();
    Closer opened = new Closer();
    try {
      Target target = target(start);
      opened.keep(target.reader());
      return new Sides(
          opened.keep(source(start, settings, read)),
          opened.keep(source(start, settings, sampled)),
          target.reader(),
          mongoIsTruth
              ? opened.keep(start.call(Server.SOURCE, "setting up the source", this::backMender))
              : target.mender(),
          setup.convertOptions(),
          options.segments(),
          options.tablesAtATime(),
          options.memoryBudgetBytes(),
          setup::limits,
          configuration.get(SyncKeys.TTL_DELETES) || mongoIsTruth ? "" : TTL_SKIPPED,
          setup.targetSpeaksDynamo() ? Optional.empty() : setup.comparableMapping(),
          setup.dynamoShapes(),
          mongoIsTruth
              ? Optional.of(new MongoTruth(setup.backSettings(), rejected(check, start)))
              : Optional.empty());
    } catch (StartUpException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The items that were left out on their way to MongoDB, so that it may never have had them. */
  private RejectedItems rejected(CheckOptions check, StartUp start) throws StartUpException {
    return check.deleteRejected()
        ? RejectedItems.none()
        : RejectedItems.ofSync(configuration, start);
  }

  /** Whether applications write to MongoDB: then its changes flow back to DynamoDB. */
  private boolean mongoIsTruth(CheckOptions check, StartUp start) throws StartUpException {
    if (setup.targetSpeaksDynamo()) {
      return false;
    }
    Optional<SyncStore> store =
        start.call(Server.CHECKPOINT, "setting up the checkpoint", setup::existingCheckpoints);
    if (store.isEmpty()) {
      return false;
    }
    try (CheckpointStore opened = store.get()) {
      Optional<Direction> live =
          LiveDirection.of(start.call(Server.CHECKPOINT, "reading the checkpoint", opened::load))
              .map(OfDirection::direction);
      if (check.repair() && live.equals(Optional.of(Direction.CUT_OVER))) {
        requireEnded(start, opened);
      }
      return live.equals(Optional.of(Direction.CUT_OVER))
          || live.equals(Optional.of(Direction.BACK));
    }
  }

  /** A sync that goes on after the cut-over writes DynamoDB's items over those of MongoDB. */
  private void requireEnded(StartUp start, CheckpointStore store) throws StartUpException {
    Optional<Lease> holder =
        start.call(Server.CHECKPOINT, "reading the lease", () -> LeaseHolder.of(store));
    if (holder.isPresent()) {
      throw StartUpException.refused(
          "--repair: MongoDB is the truth since the cut-over, but "
              + LeaseHolder.describe(setup.id(), holder.get())
              + " and still writes DynamoDB's changes to MongoDB: end that sync first",
          null);
    }
  }

  /** Writes to the tables that the source reads. */
  private TargetMender backMender() throws Fault {
    return DynamoTargetMender.owning(new DynamoTargetReader(setup.backSettings().service(), false));
  }

  private record Target(TargetReader reader, TargetMender mender) {}

  private Target target(StartUp start) throws StartUpException {
    if (setup.targetSpeaksDynamo()) {
      try (DynamoTarget target = Connections.dynamoTarget(setup, start)) {
        StartUpChecks.target(start, target);
      }
    } else {
      StartUpChecks.target(start, setup.targetSettings());
    }
    return start.call(Server.TARGET, "setting up the target", this::target);
  }

  private Target target() throws Fault {
    if (setup.targetSpeaksDynamo()) {
      DynamoTargetSettings settings = setup.dynamoTargetSettings();
      DynamoTargetReader reader =
          new DynamoTargetReader(settings.service(), settings.userIndexes(), settings.shapes());
      return new Target(reader, new DynamoTargetMender(reader));
    }
    Optional<ComparableMapping> mapping = setup.comparableMapping();
    MongoTargetReader reader =
        mapping.isPresent()
            ? new MongoTargetReader(setup.targetSettings(), mapping.get(), mapping.get()::places)
            : new MongoTargetReader(setup.targetSettings());
    return new Target(reader, new MongoTargetMender(reader));
  }

  private static DynamoSource source(StartUp start, DynamoSettings settings, ReadOptions read)
      throws StartUpException {
    return start.call(Server.SOURCE, "setting up the source", () -> source(settings, read));
  }

  private static DynamoSource source(DynamoSettings settings, ReadOptions read) throws Fault.Fatal {
    ConvertOptions names = ConvertOptions.DEFAULT;
    ConvertOptions asTheyAre =
        new ConvertOptions(ConvertType.SAME, names.names(), names.overflow());
    return new DynamoSource(
        settings, read, (TableSchema schema) -> new PageDecoder(schema, asTheyAre));
  }

  /** The tables to compare, sorted by name. */
  public List<String> tables(Sides sides, CheckOptions check) throws StartUpException, Fault {
    try (StartUp start = setup.startUp()) {
      List<String> existing =
          start.call(Server.SOURCE, "listing the tables of the source", sides.source()::listTables);
      List<String> selected = filter(check).select(existing).stream().sorted().toList();
      if (selected.isEmpty()) {
        throw new Fault.Fatal(TableFilter.nothingSelected(existing));
      }
      return selected;
    }
  }

  private TableFilter filter(CheckOptions check) {
    return check.tables().isEmpty() ? setup.tableFilter() : TableFilter.only(check.tables());
  }

  /** The sync of the same id, which may be running. */
  public SyncBeside beside() throws StartUpException {
    Optional<SyncStore> store;
    try (StartUp start = setup.startUp()) {
      store =
          start.call(Server.CHECKPOINT, "setting up the checkpoint", setup::existingCheckpoints);
    }
    return store.isEmpty()
        ? SyncBeside.NONE
        : new RunningSyncBeside(store.get(), SyncClient.of(configuration, ANSWER));
  }

  /**
   * What a comparison has found.
   *
   * @param mongoIsTruth whether DynamoDB was compared with MongoDB, not the other way round
   */
  public record Compared(CheckResult result, boolean mongoIsTruth) {}

  /**
   * Compares both sides, beside a sync that may run, and keeps the result for the cut-over.
   *
   * @param warnings takes a line if the result could not be kept
   */
  public Compared compare(CheckOptions how, Consumer<String> warnings)
      throws Fault, StartUpException {
    try (Sides sides = open(how);
        SyncBeside beside = beside()) {
      Instant begun = Instant.now();
      CheckResult result = new Check(sides, beside, how, finding -> {}).run(tables(sides, how));
      remember(result, how, begun, sides.mongoIsTruth()).ifPresent(warnings);
      return new Compared(result, sides.mongoIsTruth());
    }
  }

  /**
   * Keeps what a comparison has found beside the checkpoint of the sync, for the cut-over. Without
   * a sync there is nothing to keep.
   *
   * @param begun when the comparison began
   * @return why it could not be kept, as a line; empty if it was
   */
  public Optional<String> remember(
      CheckResult result, CheckOptions options, Instant begun, boolean mongoIsTruth) {
    try (StartUp start = setup.startUp()) {
      Optional<SyncStore> store =
          start.call(Server.CHECKPOINT, "setting up the checkpoint", setup::existingCheckpoints);
      if (store.isPresent()) {
        try (SyncStore opened = store.get()) {
          start.run(
              Server.CHECKPOINT,
              "keeping the result of the check",
              () -> {
                if (!opened.load().isEmpty()) {
                  for (TableResult table : result.tables()) {
                    CheckNotes.add(
                        opened, table.table(), table.made(begun, options.scope(), mongoIsTruth));
                  }
                }
              });
        }
      }
      return Optional.empty();
    } catch (StartUpException e) {
      return Optional.of("the result is not kept for the cut-over: " + e.getMessage());
    }
  }
}
