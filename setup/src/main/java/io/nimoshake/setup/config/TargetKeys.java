package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.httpUrl;
import static io.nimoshake.setup.config.ValueType.text;

import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.mongodb.write.IdLayout;
import java.net.URI;
import java.util.Set;

/** Where the copy goes, how items become documents, and where the checkpoint is kept. */
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
                  Choices.TargetType.DYNAMODB),
              "What kind of database the target is. aliyun_dynamo_proxy and dynamodb: DynamoDB or"
                  + " anything that speaks its protocol; each table is made there with its keys"
                  + " and indexes, and items stay as they are.")
          .byDefault("mongodb");

  public static final ConfigKey<String> ADDRESS =
      key(
          "target.address",
          text(),
          "For mongodb its connection string, mongodb:// or mongodb+srv://, with user, password and"
              + " options if it needs them. For the others the URL of the endpoint, such as"
              + " http://10.1.1.1:8000. Required, but for dynamodb: without a value DynamoDB in"
              + " target.region.");

  /** What {@link #ADDRESS} is for MongoDB. */
  static final ValueType<String> MONGODB_ADDRESS =
      text(
          "a connection string that begins with mongodb:// or mongodb+srv://",
          "mongodb(\\+srv)?://.+");

  /** What {@link #ADDRESS} is for DynamoDB-compatible targets. */
  static final ValueType<URI> DYNAMODB_ADDRESS = httpUrl();

  public static final ConfigKey<String> ACCESS_KEY_ID =
      key(
              "target.access_key_id",
              text(),
              "Access key id of a DynamoDB-compatible target. Without a value the AWS default chain"
                  + " is asked, as for the source.")
          .hidden();

  public static final ConfigKey<String> SECRET_ACCESS_KEY =
      key(
              "target.secret_access_key",
              text(),
              "The secret of target.access_key_id; both are set or neither.")
          .hidden();

  public static final ConfigKey<String> SESSION_TOKEN =
      key("target.session_token", text(), "Token that belongs to temporary credentials.").hidden();

  public static final ConfigKey<String> REGION =
      key(
          "target.region",
          SourceKeys.REGION.type(),
          "AWS region of a DynamoDB-compatible target. Without a value the AWS default chain is"
              + " asked; with target.address none is needed.");

  public static final ConfigKey<Boolean> SHARDED =
      key(
              "target.mongodb.type",
              choice("replica", false, "sharding", true),
              "sharding: shard the collections, hashed on the key; the target must be a sharded"
                  + " cluster. replica: leave that alone.")
          .byDefault("replica");

  public static final ConfigKey<IdLayout> ID_LAYOUT =
      key(
              "target.mongodb.id",
              choice("key", IdLayout.KEY, "objectid", IdLayout.OBJECTID),
              "key: the item's key is the _id of its document, as a value or, with a sort key, as"
                  + " a document of both. objectid: _id is generated and a unique index is on the"
                  + " key; used by itself when resuming onto such a collection.")
          .byDefault("key")
          .inGo("always objectid");

  public static final ConfigKey<Existing> EXISTING =
      key(
          "target.db.exist",
          choice("drop", Existing.DROP, "rename", Existing.RENAME),
          "What to do before the first copy with a collection or table that is already there. drop:"
              + " delete it. rename: rename it with the time as suffix; DynamoDB cannot. Without a"
              + " value it is kept and merged into. Nothing of it happens when a sync goes on from"
              + " its checkpoint.");

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
              "How an item becomes a document. change: numbers keep every digit as int32, int64 or"
                  + " Decimal128. mchange: numbers become doubles, which cannot hold all of them."
                  + " raw: values keep DynamoDB's types around them, {a: {N: \"1\"}}. same: nothing"
                  + " is changed; always so for DynamoDB-compatible targets, and only for them.")
          .byDefault("change")
          .inGo("mchange");

  public static final ConfigKey<String> ID_PREFIX =
      key(
              "convert._id",
              text("text without . and $", "[^.$\\x00]{1,64}"),
              "Put before the name of a top-level attribute that is called _id, which MongoDB"
                  + " keeps for itself.")
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
              "What becomes of a number of more than 34 digits, which no number type of MongoDB"
                  + " holds. fail: the item is treated as on_poison says.")
          .byDefault("string")
          .inGo("always double");

  public static final ConfigKey<Boolean> ESCAPE_NAMES =
      key(
              "convert.field_names",
              choice("escape", true, "keep", false),
              "escape: in names of attributes a leading $ becomes U+FF04, a dot U+FF0E and NUL"
                  + " U+2400. keep: names stay as they are.")
          .byDefault("escape")
          .inGo("keep");

  public static final ConfigKey<Choices.CheckpointType> CHECKPOINT_TYPE =
      key(
              "checkpoint.type",
              choice(
                  "mongodb", Choices.CheckpointType.MONGODB, "file", Choices.CheckpointType.FILE),
              "Where it is kept how far the sync is. Without a value file for DynamoDB-compatible"
                  + " targets.")
          .byDefault("mongodb")
          .inGo("file");

  public static final ConfigKey<String> CHECKPOINT_ADDRESS =
      key(
          "checkpoint.address",
          text(),
          "For mongodb a connection string; without a value that of the target, if it is MongoDB. For file a"
              + " directory; without a value checkpoint in the working directory.");

  public static final ConfigKey<String> CHECKPOINT_DB =
      key(
          "checkpoint.db",
          text("a database name of at most 63 bytes", DATABASE_NAME),
          "Database of the checkpoint with checkpoint.type = mongodb. Without a value"
              + " <id>-checkpoint.");

  /** Keys that only mean something for MongoDB. */
  static final Set<ConfigKey<?>> OF_MONGODB =
      Set.of(
          GeneralKeys.STREAM_DURING_COPY,
          SHARDED,
          ID_LAYOUT,
          CONVERSION,
          ID_PREFIX,
          NUMBER_OVERFLOW,
          ESCAPE_NAMES);

  /** Keys that only mean something for DynamoDB-compatible targets. */
  static final Set<ConfigKey<?>> OF_DYNAMODB =
      Set.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, REGION);

  static final ConfigSection TARGET =
      ConfigSection.of(
          "Target",
          TYPE,
          ADDRESS,
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          SESSION_TOKEN,
          REGION,
          SHARDED,
          ID_LAYOUT,
          EXISTING);

  static final ConfigSection CONVERT =
      ConfigSection.of("Conversion", CONVERSION, ID_PREFIX, NUMBER_OVERFLOW, ESCAPE_NAMES);

  static final ConfigSection CHECKPOINT =
      ConfigSection.of("Checkpoint", CHECKPOINT_TYPE, CHECKPOINT_ADDRESS, CHECKPOINT_DB);
}
