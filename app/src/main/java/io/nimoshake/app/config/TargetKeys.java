package io.nimoshake.app.config;

import static io.nimoshake.app.config.ConfigKey.key;
import static io.nimoshake.app.config.ValueType.choice;
import static io.nimoshake.app.config.ValueType.text;

import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.mongodb.IdLayout;
import java.util.Map;

/** Where the copy goes, how items become documents, and where the checkpoint is kept. */
public final class TargetKeys {
  private TargetKeys() {}

  private static final String NO_DYNAMODB_YET =
      "writing to DynamoDB-compatible targets is not built yet: must be mongodb";

  private static final String DATABASE_NAME = "[^/\\\\. \"$*<>:|?]{1,63}";

  public static final ConfigKey<Choices.TargetType> TYPE =
      key(
              "target.type",
              choice("mongodb", Choices.TargetType.MONGODB)
                  .refusing(
                      Map.of("aliyun_dynamo_proxy", NO_DYNAMODB_YET, "dynamodb", NO_DYNAMODB_YET)),
              "What kind of database the target is.")
          .byDefault("mongodb");

  public static final ConfigKey<String> ADDRESS =
      key(
          "target.address",
          text(
              "a connection string that begins with mongodb:// or mongodb+srv://",
              "mongodb(\\+srv)?://.+"),
          "The target's connection string with user, password and options if it needs them."
              + " Required.");

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
          "What to do before the first copy with a collection that is already there. drop: delete"
              + " it. rename: rename it with the time as suffix. Without a value it is kept and"
              + " merged into. Nothing of it happens when a sync goes on from its checkpoint.");

  public static final ConfigKey<ConvertType> CONVERSION =
      key(
              "convert.type",
              choice(
                      "change",
                      ConvertType.CHANGE,
                      "mchange",
                      ConvertType.MCHANGE,
                      "raw",
                      ConvertType.RAW)
                  .refusing(Map.of("same", "same is for DynamoDB-compatible targets only")),
              "How an item becomes a document. change: numbers keep every digit as int32, int64 or"
                  + " Decimal128. mchange: numbers become doubles, which cannot hold all of them."
                  + " raw: values keep DynamoDB's types around them, {a: {N: \"1\"}}.")
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
              "Where it is kept how far the sync is.")
          .byDefault("mongodb")
          .inGo("file");

  public static final ConfigKey<String> CHECKPOINT_ADDRESS =
      key(
          "checkpoint.address",
          text(),
          "For mongodb a connection string; without a value that of the target. For file a"
              + " directory; without a value checkpoint in the working directory.");

  public static final ConfigKey<String> CHECKPOINT_DB =
      key(
          "checkpoint.db",
          text("a database name of at most 63 bytes", DATABASE_NAME),
          "Database of the checkpoint with checkpoint.type = mongodb. Without a value"
              + " <id>-checkpoint.");

  static final ConfigSection TARGET =
      ConfigSection.of("Target", TYPE, ADDRESS, SHARDED, ID_LAYOUT, EXISTING);

  static final ConfigSection CONVERT =
      ConfigSection.of("Conversion", CONVERSION, ID_PREFIX, NUMBER_OVERFLOW, ESCAPE_NAMES);

  static final ConfigSection CHECKPOINT =
      ConfigSection.of("Checkpoint", CHECKPOINT_TYPE, CHECKPOINT_ADDRESS, CHECKPOINT_DB);
}
