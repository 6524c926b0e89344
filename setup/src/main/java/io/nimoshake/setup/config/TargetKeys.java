package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.bytes;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.httpUrl;
import static io.nimoshake.setup.config.ValueType.path;
import static io.nimoshake.setup.config.ValueType.text;

import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.mongodb.write.IdLayout;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Keys of the target, of the conversion of items, and of the checkpoint. */
public final class TargetKeys {
  private TargetKeys() {}

  private static final String DATABASE_NAME = "[^/\\\\. \"$*<>:|?]{1,63}";

  public static final ConfigKey<Choices.TargetType> TYPE =
      key(
              "target.type",
              choice(
                  "mongodb",
                  Choices.TargetType.MONGODB,
                  "aliyun_dynamo_proxy",
                  Choices.TargetType.ALIYUN_DYNAMO_PROXY,
                  "dynamodb",
                  Choices.TargetType.DYNAMODB,
                  "file",
                  Choices.TargetType.FILE),
              "What the target is. aliyun_dynamo_proxy and dynamodb: DynamoDB, or a database that"
                  + " speaks its protocol. nimo-shake creates each table there with its keys and"
                  + " indexes, and does not convert items. file: files in the layout of an export"
                  + " of DynamoDB; for sync_mode = full only; see exports.md.")
          .byDefault("mongodb");

  public static final ConfigKey<String> ADDRESS =
      key(
          "target.address",
          text(),
          "The address of the target. For mongodb a connection string, mongodb:// or"
              + " mongodb+srv://, with user, password and options if they are needed. For the"
              + " others the URL of the endpoint, such as http://10.1.1.1:8000. Required, except"
              + " for dynamodb: without a value, DynamoDB in target.region is the target. Not for"
              + " target.type = file.");

  public static final ConfigKey<String> DIRECTORY =
      key(
          "target.directory",
          path(),
          "The local directory of target.type = file. Each table gets a directory of its name"
              + " there.");

  public static final ConfigKey<Long> FILE_SIZE =
      key(
              "target.file_size",
              bytes(1L << 20),
              "How large a data file of target.type = file becomes, compressed. Each part of the"
                  + " copy has at least one file.")
          .byDefault("128m");

  /** The type of {@link #ADDRESS} for MongoDB. */
  static final ValueType<String> MONGODB_ADDRESS =
      text(
          "a connection string that begins with mongodb:// or mongodb+srv://",
          "mongodb(\\+srv)?://.+");

  /** The type of {@link #ADDRESS} for DynamoDB-compatible targets. */
  static final ValueType<URI> DYNAMODB_ADDRESS = httpUrl();

  public static final ConfigKey<String> ACCESS_KEY_ID =
      key(
              "target.access_key_id",
              text(),
              "Access key id of a DynamoDB-compatible target. Without a value, the default"
                  + " credential chain of AWS is used, as for the source.")
          .hidden();

  public static final ConfigKey<String> SECRET_ACCESS_KEY = ServiceKeys.secretAccessKey("target.");

  public static final ConfigKey<String> SESSION_TOKEN = ServiceKeys.sessionToken("target.");

  public static final ConfigKey<String> ROLE_ARN = ServiceKeys.roleArn("target.");

  public static final ConfigKey<String> ROLE_EXTERNAL_ID = ServiceKeys.roleExternalId("target.");

  public static final ConfigKey<String> ROLE_SESSION_NAME = ServiceKeys.roleSessionName("target.");

  public static final ConfigKey<String> REGION =
      key(
          "target.region",
          SourceKeys.REGION.type(),
          "AWS region of a DynamoDB-compatible target. Without a value, the default chain of AWS"
              + " is used. Not needed if target.address is set.");

  public static final ServiceKeys SERVICE =
      new ServiceKeys(
          REGION,
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          SESSION_TOKEN,
          ROLE_ARN,
          ROLE_EXTERNAL_ID,
          ROLE_SESSION_NAME);

  public static final ConfigKey<Boolean> SHARDED =
      key(
              "target.mongodb.type",
              choice("replica", false, "sharding", true),
              "sharding: shard each collection by the hash of its key; the target must be a"
                  + " sharded cluster. replica: do not shard.")
          .byDefault("replica");

  public static final ConfigKey<IdLayout> ID_LAYOUT =
      key(
              "target.mongodb.id",
              choice("key", IdLayout.KEY, "objectid", IdLayout.OBJECTID),
              "What becomes the _id of a document. key: the key of the item; with a sort key, a"
                  + " document of both attributes. objectid: a generated value, and the key gets a"
                  + " unique index. A collection that has one of these layouts already keeps it.")
          .byDefault("key")
          .inGo("always objectid");

  public static final ConfigKey<Existing> EXISTING =
      key(
          "target.db.exist",
          choice("drop", Existing.DROP, "rename", Existing.RENAME),
          "What to do with a collection or table that exists in the target before the first copy."
              + " drop: delete it. rename: add the time to its name; not possible for DynamoDB."
              + " Without a value, it is kept and the copy writes into it; files are kept, and the"
              + " table fails. A sync that continues from its checkpoint ignores this key.");

  public static final ConfigKey<ConvertType> CONVERSION =
      key(
              "convert.type",
              choice(
                  "change",
                  ConvertType.CHANGE,
                  "mchange",
                  ConvertType.MCHANGE,
                  "raw",
                  ConvertType.RAW,
                  "same",
                  ConvertType.SAME),
              "How an item becomes a document. change: numbers become int32, int64 or Decimal128"
                  + " and keep every digit. mchange: numbers become doubles, which cannot hold"
                  + " every number. raw: values keep DynamoDB's types, as in {a: {N: \"1\"}}. same:"
                  + " items are not changed; this is for DynamoDB-compatible targets and files"
                  + " only, and the only choice there.")
          .byDefault("change")
          .inGo("mchange");

  public static final ConfigKey<String> ID_PREFIX =
      key(
              "convert._id",
              text("text without . and $", "[^.$\\x00]{1,64}"),
              "Prefix for a top-level attribute with the name _id, because MongoDB uses that name"
                  + " itself.")
          .byDefault("pre")
          .inGo("no prefix, and the attribute collides with _id");

  public static final ConfigKey<NumberOverflow> NUMBER_OVERFLOW =
      key(
              "convert.number_overflow",
              choice(
                  "string",
                  NumberOverflow.STRING,
                  "double",
                  NumberOverflow.DOUBLE,
                  "fail",
                  NumberOverflow.FAIL),
              "What to do with a number of more than 34 digits, which no number type of MongoDB"
                  + " can hold. string: write it as text. double: round it. fail: reject the item,"
                  + " see on_poison.")
          .byDefault("string")
          .inGo("always double");

  public static final ConfigKey<Boolean> ESCAPE_NAMES =
      key(
              "convert.field_names",
              choice("escape", true, "keep", false),
              "What to do with attribute names that MongoDB cannot use well. escape: a leading $"
                  + " becomes U+FF04, a dot becomes U+FF0E, NUL becomes U+2400. keep: do not change"
                  + " names.")
          .byDefault("escape")
          .inGo("keep");

  public static final ConfigKey<MappingFile> TABLE =
      key(
          "target.table",
          MappingFile.OF_NAMES,
          "The name that each table gets in the target. ${name} stands for the name of the table in"
              + " the source. Without a value, tables keep their names. In a mapping file, the"
              + " rules name the collections instead.");

  public static final ConfigKey<MappingFile> MAPPING_FILE =
      key(
          "mapping.file",
          MappingFile.TYPE,
          "A YAML file that says to which collections items go, under which _id and with which"
              + " attributes; see mapping.md. Without a value, each table becomes a collection of"
              + " the same name, and its items keep their attributes.");

  public static final ConfigKey<Boolean> ACCEPT_MAPPING =
      key(
              "mapping.accept",
              flag(),
              "Accept at the start that the mapping has more indexes than when the sync began. They"
                  + " are built then. The option --accept-mapping of the command sync does the"
                  + " same. Any other change for a table that is copied already is refused.")
          .byDefault("false");

  public static final ConfigKey<String> MAPPING_PLUGIN =
      key(
          "mapping.plugin",
          text("the name of a class, such as com.example.Mapper", "[\\p{L}_$][\\p{L}\\p{N}_.$]*"),
          "A Java class that maps items, for what a mapping file cannot say; see mapping.md. Set"
              + " mapping.file or mapping.plugin, not both.");

  public static final ConfigKey<String> MAPPING_PLUGIN_DIRECTORY =
      key(
          "mapping.plugin_directory",
          path(),
          "The directory with the jars of mapping.plugin. Without a value: plugins in the directory"
              + " where nimo-shake is installed.");

  public static final ConfigKey<Choices.CheckpointType> CHECKPOINT_TYPE =
      key(
              "checkpoint.type",
              choice(
                  "mongodb", Choices.CheckpointType.MONGODB, "file", Choices.CheckpointType.FILE),
              "Where the checkpoint is stored: how far each part of the sync is. Without a value:"
                  + " mongodb for a MongoDB target, file for others.")
          .byDefault("mongodb")
          .inGo("file");

  public static final ConfigKey<String> CHECKPOINT_ADDRESS =
      key(
          "checkpoint.address",
          text(),
          "The place of the checkpoint. For mongodb a connection string; without a value, that of"
              + " the target, if it is MongoDB. For file a directory; without a value, the"
              + " directory checkpoint in the working directory.");

  public static final ConfigKey<String> CHECKPOINT_DB =
      key(
          "checkpoint.db",
          text("a database name of at most 63 bytes", DATABASE_NAME),
          "Database of the checkpoint, for checkpoint.type = mongodb. Without a value:"
              + " <id>-checkpoint.");

  /** Keys that have an effect for MongoDB only. */
  static final Set<ConfigKey<?>> OF_MONGODB =
      Set.of(
          GeneralKeys.STREAM_DURING_COPY,
          SHARDED,
          ID_LAYOUT,
          CONVERSION,
          ID_PREFIX,
          NUMBER_OVERFLOW,
          ESCAPE_NAMES);

  /** Keys that have an effect for DynamoDB-compatible targets only. */
  static final Set<ConfigKey<?>> OF_DYNAMODB = SERVICE.all();

  /** Keys that have an effect for files only. */
  static final Set<ConfigKey<?>> OF_FILES = Set.of(DIRECTORY, FILE_SIZE);

  /** Keys that have an effect for databases only. */
  static final Set<ConfigKey<?>> OF_DATABASES = Set.of(ADDRESS, SyncKeys.USER_INDEXES);

  /** Keys that have no effect for a target. */
  static Set<ConfigKey<?>> notFor(Choices.TargetType type) {
    List<Set<ConfigKey<?>>> others =
        switch (type) {
          case MONGODB -> List.of(OF_DYNAMODB, OF_FILES);
          case ALIYUN_DYNAMO_PROXY, DYNAMODB -> List.of(OF_MONGODB, OF_FILES);
          case FILE -> List.of(OF_MONGODB, OF_DYNAMODB, OF_DATABASES);
        };
    return others.stream().flatMap(Set::stream).collect(Collectors.toSet());
  }

  static final ConfigSection TARGET =
      ConfigSection.of(
          "Target",
          TYPE,
          ADDRESS,
          DIRECTORY,
          FILE_SIZE,
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          SESSION_TOKEN,
          ROLE_ARN,
          ROLE_EXTERNAL_ID,
          ROLE_SESSION_NAME,
          REGION,
          SHARDED,
          ID_LAYOUT,
          TABLE,
          EXISTING);

  static final ConfigSection CONVERT =
      ConfigSection.of(
          "Conversion",
          CONVERSION,
          ID_PREFIX,
          NUMBER_OVERFLOW,
          ESCAPE_NAMES,
          MAPPING_FILE,
          ACCEPT_MAPPING,
          MAPPING_PLUGIN,
          MAPPING_PLUGIN_DIRECTORY);

  static final ConfigSection CHECKPOINT =
      ConfigSection.of("Checkpoint", CHECKPOINT_TYPE, CHECKPOINT_ADDRESS, CHECKPOINT_DB);
}
