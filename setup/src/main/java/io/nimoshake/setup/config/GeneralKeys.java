package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.bytes;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.duration;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.number;
import static io.nimoshake.setup.config.ValueType.tables;
import static io.nimoshake.setup.config.ValueType.text;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.core.engine.SyncOptions.OnGap;
import java.time.Duration;
import java.util.List;

/** What is synced at all, and what happens when something goes wrong. */
public final class GeneralKeys {
  private GeneralKeys() {}

  public static final ConfigKey<Integer> CONF_VERSION =
      key("conf.version", number(0, 1000), "Version of the file's format; there is only one.")
          .noEffect();

  public static final ConfigKey<String> ID =
      key(
              "id",
              text(
                  "a name of 1 to 48 letters, digits, _ and -, the first a letter or digit",
                  "[A-Za-z0-9][A-Za-z0-9_-]{0,47}"),
              "Names this sync: the target database, and what its checkpoint and lease are kept"
                  + " under. Only one process may run under an id.")
          .byDefault("nimo-shake");

  public static final ConfigKey<Mode> SYNC_MODE =
      key(
              "sync_mode",
              choice("all", Mode.ALL, "full", Mode.FULL, "incr", Mode.INCR),
              "full: copy the tables, then end. all: copy, and follow the streams until stopped."
                  + " incr: follow the streams from the checkpoint, or from now where there is"
                  + " none.")
          .byDefault("all");

  public static final ConfigKey<Boolean> STREAM_DURING_COPY =
      key(
              "incr_sync_parallel",
              flag(),
              "Apply changes while the copy runs, so that a copy may take longer than the 24 hours"
                  + " a stream keeps. With false the streams wait for the copy, as they always do"
                  + " where the target is DynamoDB-compatible.")
          .byDefault("true")
          .inGo("false");

  public static final ConfigKey<Boolean> SCHEMA_ONLY =
      key("sync_schema_only", flag(), "Create collections and indexes and copy no items.")
          .byDefault("false");

  public static final ConfigKey<List<String>> WHITE_LIST =
      key(
          "filter.collection.white",
          tables(),
          "Sync these tables only. Each must exist. Not together with filter.collection.black.");

  public static final ConfigKey<List<String>> BLACK_LIST =
      key(
          "filter.collection.black",
          tables(),
          "Sync all tables but these. Not together with filter.collection.white.");

  public static final ConfigKey<Duration> DISCOVERY_INTERVAL =
      key(
              "table.discovery.interval",
              duration(),
              "Time between two looks for new tables and shards.")
          .byDefault("60s");

  public static final ConfigKey<OnGap> ON_GAP =
      key(
              "on_gap",
              choice("resync", OnGap.RESYNC, "fail", OnGap.FAIL),
              "What to do when changes expired before they were read. resync: copy the table"
                  + " afresh. fail: give the table up; the others go on.")
          .byDefault("resync");

  public static final ConfigKey<Duration> RETRY_UNKNOWN =
      key(
              "retry.unknown",
              duration(),
              "How long to retry when the source or the target answers with an error that this"
                  + " program does not know. After that time without a success the table fails; the"
                  + " others go on.")
          .byDefault("10m");

  public static final ConfigKey<Choices.OnPoison> ON_POISON =
      key(
              "on_poison",
              choice("fail", Choices.OnPoison.FAIL, "dead_letter", Choices.OnPoison.DEAD_LETTER),
              "What to do with an item that cannot be converted or that the target refuses. fail:"
                  + " give its table up; the others go on. dead_letter: put it into"
                  + " dead_letter.file and go on.")
          .byDefault("fail");

  public static final ConfigKey<String> DEAD_LETTER_FILE =
      key(
          "dead_letter.file",
          text(),
          "Where on_poison = dead_letter puts items: one JSON object a line with table, key,"
              + " reason and the whole item. Without a value: <id>.dead-letters.jsonl in the"
              + " working directory.");

  public static final ConfigKey<Long> MEMORY_BUDGET =
      key(
          "memory.budget",
          bytes(8L << 20),
          "Most bytes of items in flight between source and target. Without a value: a quarter of"
              + " the heap.");

  public static final ConfigKey<String> PID_PATH =
      key(
              "pid_path",
              text(),
              "Directory for the file <id>.pid, which holds the process id while the sync runs."
                  + " Without a value no such file is written.")
          .inGo("the working directory, whatever is set");

  static final ConfigSection SECTION =
      ConfigSection.of(
          "General",
          CONF_VERSION,
          ID,
          SYNC_MODE,
          STREAM_DURING_COPY,
          SCHEMA_ONLY,
          WHITE_LIST,
          BLACK_LIST,
          DISCOVERY_INTERVAL,
          ON_GAP,
          RETRY_UNKNOWN,
          ON_POISON,
          DEAD_LETTER_FILE,
          MEMORY_BUDGET,
          PID_PATH);
}
