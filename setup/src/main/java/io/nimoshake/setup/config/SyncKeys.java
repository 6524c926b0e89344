package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.autoOrNumber;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.number;
import static io.nimoshake.setup.config.ValueType.text;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** How tables are copied and how their streams are followed. */
public final class SyncKeys {
  private SyncKeys() {}

  private static final Map<String, String> MUST_BE_TRUE =
      Map.of(
          "false",
          "every write can be repeated after a restart, so this cannot be switched off:"
              + " must be true");

  public static final ConfigKey<Integer> TABLES_AT_A_TIME =
      key(
              "full.concurrency",
              number(1, 4096),
              "How many tables are copied at the same time. After a restart all copies beside a"
                  + " stream go on, because the records of the stream expire.")
          .byDefault("4");

  public static final ConfigKey<OptionalInt> SEGMENTS =
      key(
              "full.read.concurrency",
              autoOrNumber(1, 8192),
              "Into how many segments to divide a table. They are read in parallel. auto: by the"
                  + " size of the table.")
          .byDefault("auto")
          .inGo("1");

  public static final ConfigKey<Integer> WRITERS =
      key(
              "full.document.concurrency",
              number(1, 4096),
              "How many writes of one table run at the same time.")
          .byDefault("4");

  public static final ConfigKey<Integer> WRITE_BATCH =
      key(
              "full.document.write.batch",
              number(1, 100_000),
              "The most items in one write; the target may take fewer.")
          .byDefault("1000")
          .inGo("128");

  public static final ConfigKey<Integer> PARSERS =
      key(
              "full.document.parser",
              number(0, 4096),
              "The number of threads that convert items. Here conversion is part of reading, so there"
                  + " are no such threads.")
          .noEffect();

  public static final ConfigKey<Boolean> PRIMARY_INDEX =
      key(
              "full.enable_index.primary",
              flag(),
              "Create the index on the key. It is always created, as in the Go tool.")
          .noEffect();

  public static final ConfigKey<Boolean> USER_INDEXES =
      key(
              "full.enable_index.user",
              flag(),
              "Create an index for each secondary index of a table, after the table is copied.")
          .byDefault("true")
          .inGo("false");

  public static final ConfigKey<Boolean> COPY_OVERWRITES =
      key(
              "full.executor.insert_on_dup_update",
              choice("true", true).refusing(MUST_BE_TRUE),
              "An item whose key is already in the target is not an error.")
          .byDefault("true")
          .inGo("false, and a duplicate key stops the process");

  public static final ConfigKey<String> FILTER_EXPRESSION =
      key(
          "full.read.filter_expression",
          text(),
          "Sync only items that pass this DynamoDB filter expression. filter.stream says whether it"
              + " applies to changes too. The service checks it before the sync starts.");

  public static final ConfigKey<List<FilterName>> FILTER_NAMES =
      key(
          "full.read.filter_names",
          FilterName.LIST,
          "Attribute names for the placeholders of the filter expression, such as #s = status. Needed"
              + " for reserved words of DynamoDB and for names with other characters than letters,"
              + " digits and _.");

  public static final ConfigKey<List<FilterValue>> FILTER_VALUES =
      key(
          "full.read.filter_attributevalues",
          FilterValue.LIST,
          "Values for the placeholders of the filter expression. Each has a name, a type (N, S, B as"
              + " base64, or BOOL) and a value, separated by three backquotes. Three tildes separate"
              + " one from the next.");

  public static final ConfigKey<Integer> SHARDS_AT_A_TIME =
      key(
              "increase.concurrency",
              number(1, 100_000),
              "The number of shards of a table that are read in parallel. Here every shard that is"
                  + " ready is read at once, so that none falls behind.")
          .noEffect();

  public static final ConfigKey<Boolean> INSERT_OVERWRITES =
      key(
              "increase.executor.insert_on_dup_update",
              choice("true", true).refusing(MUST_BE_TRUE),
              "An insert whose key is already in the target replaces the item.")
          .byDefault("true")
          .inGo("false, and a duplicate key stops the process");

  public static final ConfigKey<Boolean> UPSERT =
      key(
              "increase.executor.upsert",
              choice("true", true).refusing(MUST_BE_TRUE),
              "An update of an item that is not in the target inserts it.")
          .byDefault("true")
          .inGo("false, and the update is lost");

  public static final ConfigKey<String> PERSIST_DIR =
      key(
              "increase.persist.dir",
              text(),
              "The directory for changes that wait for the copy. Here they are applied while the copy"
                  + " runs, or they stay in the stream.")
          .noEffect();

  public static final ConfigKey<Boolean> FILTER_STREAM =
      key(
              "filter.stream",
              flag(),
              "true: the filter expression applies to changes from the streams too, and an item that"
                  + " no longer passes is deleted from the target. false: it applies to the copy"
                  + " only, and every change is written.")
          .byDefault("true")
          .inGo("false");

  public static final ConfigKey<Boolean> TTL_DELETES =
      key(
              "increase.ttl_delete",
              choice("propagate", true, "skip", false),
              "propagate: an item that DynamoDB deletes because its time to live is over is deleted"
                  + " from the target too. skip: it stays in the target. Not together with on_gap ="
                  + " backfill.")
          .byDefault("propagate");

  static final ConfigSection COPY =
      ConfigSection.of(
          "Copy",
          TABLES_AT_A_TIME,
          SEGMENTS,
          WRITERS,
          WRITE_BATCH,
          PARSERS,
          PRIMARY_INDEX,
          USER_INDEXES,
          COPY_OVERWRITES,
          FILTER_EXPRESSION,
          FILTER_NAMES,
          FILTER_VALUES);

  static final ConfigSection STREAM =
      ConfigSection.of(
          "Stream",
          SHARDS_AT_A_TIME,
          INSERT_OVERWRITES,
          UPSERT,
          PERSIST_DIR,
          TTL_DELETES,
          FILTER_STREAM);
}
