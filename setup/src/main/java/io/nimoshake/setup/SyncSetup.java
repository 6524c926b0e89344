package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.SyncOptions.OnGap;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.ReverseMapping;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.back.BackSettings;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.export.ExportDestination;
import io.nimoshake.dynamodb.file.FileTargetSettings;
import io.nimoshake.dynamodb.shape.TargetShapes;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ReadOptions;
import io.nimoshake.dynamodb.source.ReadOptions.TtlDeletes;
import io.nimoshake.dynamodb.write.DynamoTargetSettings;
import io.nimoshake.mapping.FileMapping;
import io.nimoshake.mapping.plain.ComparableMapping;
import io.nimoshake.mapping.plugin.PluginMapping;
import io.nimoshake.mapping.reverse.KeyForm;
import io.nimoshake.mapping.reverse.NoWayBack;
import io.nimoshake.mapping.reverse.WayBack;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.mongodb.checkpoint.GoCheckpoint;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.setup.checkpoint.FileCheckpointStore;
import io.nimoshake.setup.config.BackKeys;
import io.nimoshake.setup.config.Choices.CheckpointType;
import io.nimoshake.setup.config.Choices.TargetType;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.FilterSettings;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.MappingFile;
import io.nimoshake.setup.config.PluginClass;
import io.nimoshake.setup.config.SourceKeys;
import io.nimoshake.setup.config.SyncKeys;
import io.nimoshake.setup.config.TargetKeys;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns a configuration into the settings of the other modules. Makes no connection. */
public final class SyncSetup {
  private final Configuration configuration;
  private final ServiceSetup services;
  private final ExportSetup exports;

  public SyncSetup(Configuration configuration) {
    this.configuration = configuration;
    this.services = new ServiceSetup(configuration);
    this.exports = new ExportSetup(configuration);
  }

  public String id() {
    return configuration.get(GeneralKeys.ID);
  }

  /** Makes the calls of start-up. The caller closes it. */
  public StartUp startUp() {
    return new StartUp(configuration.get(GeneralKeys.START_TIMEOUT));
  }

  public SyncOptions options() {
    SyncOptions defaults = SyncOptions.defaults();
    return new SyncOptions(
        configuration.get(GeneralKeys.SYNC_MODE),
        configuration.get(GeneralKeys.STREAM_DURING_COPY),
        tableFilter(),
        requiredTables(),
        configuration.find(TargetKeys.EXISTING).orElse(Existing.KEEP),
        configuration.get(GeneralKeys.SCHEMA_ONLY),
        configuration.get(SyncKeys.TABLES_AT_A_TIME),
        configuration.get(SyncKeys.SEGMENTS),
        configuration.get(SyncKeys.WRITERS),
        configuration.get(SyncKeys.WRITE_BATCH),
        onGap(),
        configuration.find(GeneralKeys.MEMORY_BUDGET).orElse(defaults.memoryBudgetBytes()),
        defaults.checkpointInterval(),
        configuration.get(GeneralKeys.DISCOVERY_INTERVAL),
        defaults.leaseDuration(),
        configuration.get(GeneralKeys.RETRY_UNKNOWN),
        configuration.get(GeneralKeys.RETRY_GONE),
        defaults.ioThreads());
  }

  private OnGap onGap() {
    boolean back = configuration.get(GeneralKeys.SYNC_MODE) == SyncOptions.Mode.BACK;
    if (back && !configuration.isSet(GeneralKeys.ON_GAP)) {
      // A new copy deletes items of DynamoDB, so somebody has to want it.
      return OnGap.FAIL;
    }
    OnGap wanted = configuration.get(GeneralKeys.ON_GAP);
    return wanted.backfills() ? configuration.get(GeneralKeys.ON_GAP_FALLBACK) : wanted;
  }

  public Set<String> requiredTables() {
    return tableFilter().required();
  }

  /** Which tables are synced. */
  public TableFilter tableFilter() {
    return TableFilter.of(configuration);
  }

  /** The rate limits with which a table starts. */
  public TableLimits limits() {
    return TableLimits.of(
        configuration.get(SourceKeys.QPS_FULL),
        configuration.get(SourceKeys.QPS_INCR),
        configuration.find(SourceKeys.READ_CAPACITY).orElse(0));
  }

  /** How the source is called. */
  public DynamoSettings dynamoSettings() {
    return services.source();
  }

  /** Whether the target speaks DynamoDB's protocol. */
  public boolean targetSpeaksDynamo() {
    return configuration.get(TargetKeys.TYPE).speaksDynamo();
  }

  /** Where the target's files are written; empty if the target is no files. */
  public Optional<FileTargetSettings> fileTargetSettings() {
    return configuration.get(TargetKeys.TYPE) == TargetType.FILE
        ? Optional.of(
            new FileTargetSettings(
                Path.of(configuration.get(TargetKeys.DIRECTORY)).toAbsolutePath(),
                configuration.get(TargetKeys.FILE_SIZE)))
        : Optional.empty();
  }

  /** Whether items become documents. */
  public boolean converts() {
    return configuration.get(TargetKeys.TYPE).converts();
  }

  public DynamoTargetSettings dynamoTargetSettings() {
    return new DynamoTargetSettings(
        services.target(), configuration.get(SyncKeys.USER_INDEXES), dynamoShapes());
  }

  /** How tables and items arrive in a DynamoDB-compatible target. */
  public TargetShapes dynamoShapes() {
    Optional<FileMapping> mapping = targetSpeaksDynamo() ? fileMapping() : Optional.empty();
    return mapping.isEmpty()
        ? TargetShapes.SAME
        : new DynamoShapes(
            mappingName(), mapping.get().rules(), configuration.get(SyncKeys.USER_INDEXES));
  }

  /** Why the mapping cannot be used for these tables: one line each. */
  public List<String> mappingProblems(Collection<TableSchema> tables) {
    return targetSpeaksDynamo() ? dynamoShapes().problems(tables) : mapping().problems(tables);
  }

  /** Makes the source with these settings, which must be for the same service. */
  public DynamoSource source(DynamoSettings settings) throws Fault.Fatal {
    ConvertOptions convert = convertOptions();
    return new DynamoSource(
        settings, readOptions(), schema -> new PageDecoder(schema, convert), exports.settings());
  }

  /** Where requested exports go; empty: no export is requested. */
  public Optional<ExportDestination> exportDestination() {
    return exports.destination();
  }

  /** Whether tables are copied from exports instead of by Scan. */
  public boolean copiesExports() {
    return exports.areCopied();
  }

  /** Makes a source that gives items as they are, as DynamoDB JSON. */
  public DynamoSource itemSource(ReadOptions read) throws Fault.Fatal {
    ConvertOptions names = ConvertOptions.DEFAULT;
    ConvertOptions same = new ConvertOptions(ConvertType.SAME, names.names(), names.overflow());
    return new DynamoSource(dynamoSettings(), read, schema -> new PageDecoder(schema, same));
  }

  /** How items are converted for the target. */
  public ConvertOptions convertOptions() {
    return new ConvertOptions(
        converts() ? configuration.get(TargetKeys.CONVERSION) : ConvertType.SAME,
        fieldNames(),
        configuration.get(TargetKeys.NUMBER_OVERFLOW),
        // A plug-in may make anything of a set, so the same set must always look the same to it.
        configuration.find(TargetKeys.MAPPING_PLUGIN).isPresent());
  }

  public ReadOptions readOptions() {
    ReadOptions options =
        ReadOptions.ALL
            .withRecordsLimit(configuration.get(SourceKeys.QPS_INCR_BATCH))
            .withTtlDeletes(
                configuration.get(SyncKeys.TTL_DELETES) ? TtlDeletes.PROPAGATE : TtlDeletes.SKIP);
    if (configuration.isSet(SourceKeys.QPS_FULL_BATCH)) {
      options = options.withScanLimit(configuration.get(SourceKeys.QPS_FULL_BATCH));
    }
    return FilterSettings.of(configuration).map(options::withFilter).orElse(options);
  }

  private FieldNames fieldNames() {
    return new FieldNames(
        configuration.get(TargetKeys.ESCAPE_NAMES), configuration.get(TargetKeys.ID_PREFIX));
  }

  /** The shape in which items arrive in the target. */
  public Mapping mapping() {
    return comparableMapping().<Mapping>map(mapping -> mapping).orElse(Mapping.NONE);
  }

  /** The same for a comparison of both sides; empty without a mapping. */
  public Optional<ComparableMapping> comparableMapping() {
    Optional<ComparableMapping> file = fileMapping().map(mapping -> mapping);
    return file.or(this::plugin);
  }

  /** The way from the documents of the target back to items. */
  public ReverseMapping reverseMapping() {
    ConvertType type = convertOptions().type();
    KeyForm form = new KeyForm(fieldNames(), type == ConvertType.RAW, type == ConvertType.MCHANGE);
    if (configuration.find(TargetKeys.MAPPING_PLUGIN).isPresent()) {
      return new NoWayBack(
          "mapping.plugin: a plug-in says how an item becomes a document, but not how a document"
              + " becomes an item again");
    }
    return fileMapping()
        .map(mapping -> WayBack.through(mappingName(), mapping.rules(), form))
        .orElseGet(() -> WayBack.withoutMapping(form));
  }

  /** How changes of MongoDB are written back to the tables of the source. */
  public BackSettings backSettings() {
    return new BackSettings(
        services.sourceAsTarget(),
        convertOptions(),
        reverseMapping(),
        configuration.get(BackKeys.DATE));
  }

  /** Names the mapping for messages: its file or its class. */
  public String mappingName() {
    return MappingFile.of(configuration)
        .map(MappingFile::name)
        .or(() -> configuration.find(TargetKeys.MAPPING_PLUGIN))
        .orElse("no mapping");
  }

  /** What the mapping file says, if there is one. */
  public Optional<FileMapping> fileMapping() {
    return MappingFile.of(configuration).map(this::fileMapping);
  }

  /** What says the mapping, for comparison; empty without a mapping. */
  String mappingText() {
    return MappingFile.of(configuration)
        .map(MappingFile::text)
        .or(() -> plugin().map(mapping -> "plug-in " + mapping.digest()))
        .orElse("");
  }

  /** Whether the user accepts a mapping that has got more indexes. */
  boolean acceptsMapping() {
    return configuration.get(TargetKeys.ACCEPT_MAPPING);
  }

  private FileMapping fileMapping(MappingFile file) {
    try {
      return FileMapping.parse(file.name(), file.text(), fieldNames());
    } catch (MappingException e) {
      throw new IllegalStateException(
          "the file was checked with the configuration: " + e.getMessage(), e);
    }
  }

  private Optional<PluginMapping> plugin() {
    Optional<PluginClass> plugin = configuration.plugin();
    if (plugin.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(plugin.get().load(fieldNames()));
    } catch (MappingException e) {
      throw new IllegalStateException(
          "the plug-in was loaded with the configuration: " + e.getMessage(), e);
    }
  }

  public MongoTargetSettings targetSettings() {
    return new MongoTargetSettings(
        configuration.get(TargetKeys.ADDRESS),
        id(),
        configuration.get(TargetKeys.ID_LAYOUT),
        configuration.get(TargetKeys.SHARDED),
        fieldNames(),
        configuration.get(TargetKeys.CONVERSION) == ConvertType.RAW,
        configuration.get(SyncKeys.USER_INDEXES));
  }

  public boolean checkpointInMongo() {
    return configuration.get(TargetKeys.CHECKPOINT_TYPE) == CheckpointType.MONGODB;
  }

  boolean isCheckpointTypeSet() {
    return configuration.isSet(TargetKeys.CHECKPOINT_TYPE);
  }

  /** The store of {@code checkpoint.type = mongodb}. */
  public MongoCheckpointStore mongoCheckpoints() throws Fault {
    return new MongoCheckpointStore(
        configuration
            .find(TargetKeys.CHECKPOINT_ADDRESS)
            .orElseGet(() -> configuration.get(TargetKeys.ADDRESS)),
        configuration.find(TargetKeys.CHECKPOINT_DB).orElseGet(() -> id() + "-checkpoint"));
  }

  /**
   * The checkpoint store, to read it and to write notes. Creates nothing if there is none. Empty
   * also if it holds a checkpoint of the Go tool, which only a sync takes over.
   */
  public Optional<SyncStore> existingCheckpoints() throws Fault {
    if (goCheckpoint().isPresent()) {
      return Optional.empty();
    }
    if (checkpointInMongo()) {
      return Optional.of(mongoCheckpoints());
    }
    return FileCheckpointStore.isThere(checkpointDirectory(), id())
        ? Optional.of(fileCheckpoints())
        : Optional.empty();
  }

  /** The checkpoint of the Go tool from which a sync would continue. Creates nothing. */
  public Optional<GoCheckpoint> goCheckpoint() throws Fault {
    if (!checkpointInMongo()) {
      return FileCheckpointStore.goCheckpoint(checkpointDirectory(), id());
    }
    try (MongoCheckpointStore store = mongoCheckpoints()) {
      return store.goCheckpoint();
    }
  }

  private Path checkpointDirectory() {
    return Path.of(configuration.find(TargetKeys.CHECKPOINT_ADDRESS).orElse("checkpoint"));
  }

  /** The store of {@code checkpoint.type = file}. */
  FileCheckpointStore fileCheckpoints() throws Fault.Fatal {
    return new FileCheckpointStore(checkpointDirectory(), id());
  }

  public Path deadLetterFile() {
    return Path.of(
        configuration
            .find(GeneralKeys.DEAD_LETTER_FILE)
            .orElseGet(() -> id() + ".dead-letters.jsonl"));
  }
}
