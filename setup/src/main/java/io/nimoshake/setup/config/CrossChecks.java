package io.nimoshake.setup.config;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.engine.SyncOptions.OnGap;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.client.AwsHosts;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.mapping.yaml.MappingReader;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.setup.config.Choices.CheckpointType;
import io.nimoshake.setup.config.Choices.TargetType;
import io.nimoshake.setup.config.ExportKeys.CopySource;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks keys against each other. Each value alone is already valid. */
final class CrossChecks {
  private static final Optional<ConvertType> SAME = Optional.of(ConvertType.SAME);

  private final Configuration configuration;
  private final List<String> problems = new ArrayList<>();

  private CrossChecks(Configuration configuration) {
    this.configuration = configuration;
  }

  static List<String> problems(Configuration configuration) {
    CrossChecks checks = new CrossChecks(configuration);
    checks.target();
    checks.dynamoTarget();
    checks.fileTarget();
    checks.tables();
    checks.credentials(SourceKeys.SERVICE);
    checks.streamsEndpoint();
    checks.checkpoint();
    checks.problems.addAll(FilterSettings.problems(configuration));
    checks.mapping();
    checks.problems.addAll(ExportChecks.problems(configuration));
    checks.wayBack();
    checks.http();
    return checks.problems;
  }

  private void target() {
    TargetType type = configuration.find(TargetKeys.TYPE).orElse(TargetType.MONGODB);
    ValueType<?> address =
        type.speaksDynamo() ? TargetKeys.DYNAMODB_ADDRESS : TargetKeys.MONGODB_ADDRESS;
    if (type == TargetType.FILE) {
      // An address has no effect.
      return;
    } else if (configuration.isSet(TargetKeys.ADDRESS)) {
      try {
        address.parse(configuration.get(TargetKeys.ADDRESS));
      } catch (BadValue e) {
        problems.add(
            configuration.place(TargetKeys.ADDRESS)
                + " = "
                + configuration.get(TargetKeys.ADDRESS)
                + ": "
                + e.getMessage()
                + ", as target.type is "
                + type.name().toLowerCase(Locale.ROOT));
      }
    } else if (type != TargetType.DYNAMODB) {
      problems.add(
          "target.address: is missing: must be "
              + address.description()
              + ", in the file or in "
              + TargetKeys.ADDRESS.environmentVariable());
    }
    if (type.converts() && configuration.find(TargetKeys.CONVERSION).equals(SAME)) {
      problems.add(
          configuration.place(TargetKeys.CONVERSION)
              + " = same: is for DynamoDB-compatible targets and files only");
    }
  }

  private void dynamoTarget() {
    if (!configuration.find(TargetKeys.TYPE).map(TargetType::speaksDynamo).orElse(false)) {
      return;
    }
    credentials(TargetKeys.SERVICE);
    if (configuration.find(TargetKeys.EXISTING).equals(Optional.of(Existing.RENAME))) {
      problems.add(
          configuration.place(TargetKeys.EXISTING)
              + " = rename: DynamoDB cannot rename tables: must be drop, or empty to keep what is"
              + " there");
    }
    if (configuration.find(TargetKeys.CHECKPOINT_TYPE).equals(Optional.of(CheckpointType.MONGODB))
        && !configuration.isSet(TargetKeys.CHECKPOINT_ADDRESS)) {
      needs(TargetKeys.CHECKPOINT_TYPE, TargetKeys.CHECKPOINT_ADDRESS);
    }
    if (targetIsSource()) {
      problems.add(
          configuration.place(TargetKeys.TYPE)
              + ": the target is the source: endpoint, region and credentials are the same, so"
              + " tables would be copied onto themselves");
    }
  }

  /** Files take copies of tables as they are. */
  private void fileTarget() {
    if (!configuration.find(TargetKeys.TYPE).equals(Optional.of(TargetType.FILE))) {
      return;
    }
    if (configuration.find(TargetKeys.DIRECTORY).isEmpty()) {
      needs(TargetKeys.TYPE, TargetKeys.DIRECTORY);
    }
    if (!configuration.find(GeneralKeys.SYNC_MODE).equals(Optional.of(Mode.FULL))) {
      refuseFiles(GeneralKeys.SYNC_MODE, "must be full: files take a copy, and no changes");
    }
    if (configuration.find(GeneralKeys.SCHEMA_ONLY).orElse(false)) {
      refuseFiles(GeneralKeys.SCHEMA_ONLY, "cannot be true: files have items only");
    }
    if (configuration.find(ExportKeys.SOURCE).equals(Optional.of(CopySource.EXPORT))) {
      refuseFiles(ExportKeys.SOURCE, "must be scan: an export is files already");
    }
    if (configuration
        .find(TargetKeys.CHECKPOINT_TYPE)
        .equals(Optional.of(CheckpointType.MONGODB))) {
      refuseFiles(TargetKeys.CHECKPOINT_TYPE, "must be file");
    }
    for (ConfigKey<?> key :
        List.of(TargetKeys.TABLE, TargetKeys.MAPPING_FILE, TargetKeys.MAPPING_PLUGIN)) {
      if (configuration.find(key).isPresent()) {
        refuseFiles(key, "cannot be set: files have items as they are");
      }
    }
  }

  private void refuseFiles(ConfigKey<?> key, String reason) {
    problems.add(configuration.place(key) + ": " + reason + ", as target.type is file");
  }

  private boolean targetIsSource() {
    boolean sameEndpoint =
        normal(configuration.find(SourceKeys.ENDPOINT_URL).map(URI::toString))
            .equals(normal(configuration.find(TargetKeys.ADDRESS)));
    return sameEndpoint
        && configuration.find(SourceKeys.REGION).equals(configuration.find(TargetKeys.REGION))
        && configuration
            .find(SourceKeys.ACCESS_KEY_ID)
            .equals(configuration.find(TargetKeys.ACCESS_KEY_ID))
        && configuration.find(SourceKeys.ROLE_ARN).equals(configuration.find(TargetKeys.ROLE_ARN));
  }

  private static Optional<String> normal(Optional<String> address) {
    return address.map(text -> text.toLowerCase(Locale.ROOT).replaceFirst("/+$", ""));
  }

  private void tables() {
    if (configuration.isSet(GeneralKeys.WHITE_LIST)
        && configuration.isSet(GeneralKeys.BLACK_LIST)) {
      problems.add(
          configuration.place(GeneralKeys.BLACK_LIST)
              + ": cannot be set together with filter.collection.white: leave one of them out");
    }
  }

  private void credentials(ServiceKeys keys) {
    boolean id = configuration.isSet(keys.accessKeyId());
    boolean secret = configuration.isSet(keys.secretAccessKey());
    if (id && !secret) {
      needs(keys.accessKeyId(), keys.secretAccessKey());
    }
    if (secret && !id) {
      needs(keys.secretAccessKey(), keys.accessKeyId());
    }
    if (configuration.isSet(keys.sessionToken()) && !(id && secret)) {
      needs(keys.sessionToken(), keys.accessKeyId());
    }
    for (ConfigKey<?> key : List.of(keys.roleExternalId(), keys.roleSessionName())) {
      if (configuration.isSet(key) && !configuration.isSet(keys.roleArn())) {
        needs(key, keys.roleArn());
      }
    }
  }

  private void streamsEndpoint() {
    Optional<URI> tables = configuration.find(SourceKeys.ENDPOINT_URL);
    Optional<Mode> mode = configuration.find(GeneralKeys.SYNC_MODE);
    boolean follows =
        !mode.equals(Optional.of(Mode.FULL))
            && !mode.equals(Optional.of(Mode.BACK))
            && !configuration.find(GeneralKeys.SCHEMA_ONLY).orElse(false);
    if (follows
        && tables.isPresent()
        && AwsHosts.streamsOf(tables.get()).isEmpty()
        && !configuration.isSet(SourceKeys.STREAMS_ENDPOINT_URL)) {
      problems.add(
          configuration.place(SourceKeys.ENDPOINT_URL)
              + " = "
              + tables.get()
              + ": the name of this endpoint does not tell where its streams are: "
              + SourceKeys.STREAMS_ENDPOINT_URL.name()
              + " must be set too");
    }
  }

  private void checkpoint() {
    boolean inMongo =
        configuration.find(TargetKeys.CHECKPOINT_TYPE).equals(Optional.of(CheckpointType.MONGODB));
    if (configuration.isSet(TargetKeys.CHECKPOINT_ADDRESS)) {
      String address = configuration.get(TargetKeys.CHECKPOINT_ADDRESS);
      try {
        if (inMongo) {
          TargetKeys.MONGODB_ADDRESS.parse(address);
        } else {
          ValueType.path(address);
        }
      } catch (BadValue e) {
        problems.add(
            configuration.place(TargetKeys.CHECKPOINT_ADDRESS)
                + ": "
                + e.getMessage()
                + ", as checkpoint.type is "
                + (inMongo ? "mongodb" : "file"));
      }
    }
    boolean mongoTarget =
        configuration.find(TargetKeys.TYPE).map(TargetType::converts).orElse(true);
    Optional<String> database = configuration.find(TargetKeys.CHECKPOINT_DB);
    Optional<String> id = configuration.find(GeneralKeys.ID);
    // MongoDB does not allow two databases whose names differ only in case
    if (inMongo
        && mongoTarget
        && database.isPresent()
        && id.filter(database.get()::equalsIgnoreCase).isPresent()) {
      problems.add(
          configuration.place(TargetKeys.CHECKPOINT_DB)
              + " = "
              + database.get()
              + ": is the database of the target, which is named by id: choose another name");
    }
  }

  private void mapping() {
    List<ConfigKey<?>> set =
        Stream.<ConfigKey<?>>of(
                TargetKeys.TABLE, TargetKeys.MAPPING_FILE, TargetKeys.MAPPING_PLUGIN)
            .filter(key -> configuration.find(key).isPresent())
            .toList();
    if (set.isEmpty()) {
      if (configuration.isSet(TargetKeys.MAPPING_PLUGIN_DIRECTORY)) {
        needs(TargetKeys.MAPPING_PLUGIN_DIRECTORY, TargetKeys.MAPPING_PLUGIN);
      }
      return;
    }
    for (ConfigKey<?> another : set.subList(1, set.size())) {
      problems.add(
          configuration.place(another)
              + ": cannot be set together with "
              + set.get(0).name()
              + ": leave one of them out");
    }
    try {
      Optional<MappingFile> file = MappingFile.of(configuration);
      Optional<PluginClass> plugin = configuration.plugin();
      if (file.isPresent()) {
        MappingRules rules = MappingReader.read(file.get().name(), file.get().text());
        if (configuration.find(TargetKeys.TYPE).map(TargetType::speaksDynamo).orElse(false)) {
          problems.addAll(DynamoRules.problems(file.get().name(), rules));
        }
      } else if (plugin.isPresent()) {
        plugin.get().load(ConvertOptions.DEFAULT.names());
      }
    } catch (MappingException e) {
      problems.addAll(e.problems());
    }
    String name = set.get(0).name();
    if (configuration.find(TargetKeys.TYPE).map(TargetType::speaksDynamo).orElse(false)) {
      if (configuration.find(TargetKeys.MAPPING_PLUGIN).isPresent()) {
        refuseMapping(TargetKeys.TYPE, name, "a plug-in makes documents, which only MongoDB has");
      }
      return;
    }
    if (configuration.find(TargetKeys.CONVERSION).equals(Optional.of(ConvertType.RAW))) {
      refuseMapping(
          TargetKeys.CONVERSION,
          name,
          "a mapping needs plain values, and raw writes {N: \"1\"} for 1");
    }
    if (configuration.find(TargetKeys.ID_LAYOUT).equals(Optional.of(IdLayout.OBJECTID))) {
      refuseMapping(TargetKeys.ID_LAYOUT, name, "with a mapping _id is made of the key");
    }
  }

  private void refuseMapping(ConfigKey<?> key, String mapping, String reason) {
    problems.add(
        configuration.place(key) + ": cannot be set so together with " + mapping + ": " + reason);
  }

  private void wayBack() {
    if (!configuration.find(GeneralKeys.SYNC_MODE).equals(Optional.of(Mode.BACK))) {
      return;
    }
    String mode = GeneralKeys.SYNC_MODE.name() + " = back";
    if (configuration.find(TargetKeys.TYPE).filter(t -> t != TargetType.MONGODB).isPresent()) {
      problems.add(
          configuration.place(GeneralKeys.SYNC_MODE)
              + " = back: reads the change streams of MongoDB, so target.type must be mongodb");
    }
    if (configuration.find(GeneralKeys.ON_GAP).filter(OnGap::backfills).isPresent()) {
      problems.add(
          configuration.place(GeneralKeys.ON_GAP)
              + " = backfill: cannot be set together with "
              + mode
              + ", because exports have the changes of DynamoDB and not those of MongoDB: must be"
              + " fail or resync");
    }
    if (configuration.find(GeneralKeys.SCHEMA_ONLY).orElse(false)) {
      problems.add(
          configuration.place(GeneralKeys.SCHEMA_ONLY)
              + " = true: cannot be set together with "
              + mode
              + ", which only writes items");
    }
  }

  private void http() {
    Optional<String> address = configuration.find(OperationKeys.HTTP_ADDRESS);
    if (address.isEmpty()) {
      return;
    }
    try {
      if (!InetAddress.getByName(address.get()).isLoopbackAddress()
          && !configuration.isSet(OperationKeys.HTTP_TOKEN)) {
        problems.add(
            configuration.place(OperationKeys.HTTP_ADDRESS)
                + " = "
                + address.get()
                + ": other machines can reach this address, so http.token must be set too");
      }
    } catch (UnknownHostException e) {
      problems.add(
          configuration.place(OperationKeys.HTTP_ADDRESS)
              + " = "
              + address.get()
              + ": must be an address of this machine");
    }
  }

  private void needs(ConfigKey<?> key, ConfigKey<?> other) {
    problems.add(configuration.place(key) + ": " + other.name() + " must be set too");
  }
}
