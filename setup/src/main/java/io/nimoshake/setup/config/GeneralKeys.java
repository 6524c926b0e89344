package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.bytes;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.duration;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.number;
import static io.nimoshake.setup.config.ValueType.path;
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
              "The name of this sync. The target database has this name, and the checkpoint and the"
                  + " lease are stored under it. Only one process may run with an id.")
          .byDefault("nimo-shake");

  public static final ConfigKey<Mode> SYNC_MODE =
      key(
              "sync_mode",
              choice("all", Mode.ALL, "full", Mode.FULL, "incr", Mode.INCR, "back", Mode.BACK),
              "full: copy the tables, then end. all: copy the tables and follow their streams until"
                  + " stopped. incr: copy nothing; follow the streams from the checkpoint, or from"
                  + " now if there is no checkpoint. back: after a cut-over, write the changes of"
                  + " MongoDB to DynamoDB.")
          .byDefault("all");

  public static final ConfigKey<Boolean> STREAM_DURING_COPY =
      key(
              "incr_sync_parallel",
              flag(),
              "Apply changes while the copy runs. A copy may then take longer than the 24 hours for"
                  + " which a stream keeps its records. false: a table's stream waits until the"
                  + " table is copied. It always waits if the target is DynamoDB-compatible.")
          .byDefault("true")
          .inGo("false");

  public static final ConfigKey<Boolean> SCHEMA_ONLY =
      key("sync_schema_only", flag(), "Create collections and indexes, but copy no items.")
          .byDefault("false");

  public static final ConfigKey<List<NamePattern>> WHITE_LIST =
      key(
          "filter.collection.white",
          tables(),
          "Sync only these tables. In a name, * stands for any characters and ? for one character."
              + " A name without wildcards must exist. Not together with filter.collection.black.");

  public static final ConfigKey<List<NamePattern>> BLACK_LIST =
      key(
          "filter.collection.black",
          tables(),
          "Sync all tables except these. Names may have the wildcards * and ?. Not together with"
              + " filter.collection.white.");

  public static final ConfigKey<Duration> DISCOVERY_INTERVAL =
      key("table.discovery.interval", duration(), "How often to look for new tables and shards.")
          .byDefault("60s");

  public static final ConfigKey<OnGap> ON_GAP =
      key(
              "on_gap",
              choice(
                  "resync", OnGap.RESYNC, "backfill", OnGap.BACKFILL_OR_RESYNC, "fail", OnGap.FAIL),
              "What to do if changes expired before they were read. resync: copy the table again."
                  + " backfill: apply the missing changes from incremental exports; this needs"
                  + " export.bucket and point-in-time recovery of the table. fail: the table fails;"
                  + " the other tables continue. With sync_mode = back, fail is the default; resync"
                  + " writes all documents to DynamoDB again and deletes items whose document is"
                  + " gone.")
          .byDefault("resync");

  public static final ConfigKey<OnGap> ON_GAP_FALLBACK =
      key(
              "on_gap.fallback",
              choice("resync", OnGap.BACKFILL_OR_RESYNC, "fail", OnGap.BACKFILL_OR_FAIL),
              "What to do with on_gap = backfill if the missing changes cannot be exported. resync:"
                  + " copy the table again. fail: the table fails; the other tables continue.")
          .byDefault("resync");

  public static final ConfigKey<Duration> START_TIMEOUT =
      key(
              "start.timeout",
              duration(),
              "How long start-up retries a call to the source, the target or the checkpoint that"
                  + " fails. Start-up ends at once if credentials or a permission are refused. A"
                  + " Flink job retries without limit.")
          .byDefault("60s");

  public static final ConfigKey<Duration> RETRY_UNKNOWN =
      key(
              "retry.unknown",
              duration(),
              "How long to retry when the source or the target answers with an error that this"
                  + " program does not know. After that time without a success the table fails; the"
                  + " others go on.")
          .byDefault("10m");

  public static final ConfigKey<Duration> RETRY_GONE =
      key(
              "retry.gone",
              duration(Duration.ofSeconds(1)),
              "How long to ask again when the source answers that a table, a stream or a shard does"
                  + " not exist. One such answer proves nothing. It counts as gone when at least"
                  + " three answers agree and this time lies between the first and the last. A"
                  + " table that is named in the configuration is looked for three times within"
                  + " four seconds at the start.")
          .byDefault("2m");

  public static final ConfigKey<Choices.OnPoison> ON_POISON =
      key(
              "on_poison",
              choice("fail", Choices.OnPoison.FAIL, "dead_letter", Choices.OnPoison.DEAD_LETTER),
              "What to do with a rejected item: one that cannot be converted or that the target"
                  + " refuses. fail: its table fails; the other tables continue. dead_letter: write"
                  + " the item to dead_letter.file and continue.")
          .byDefault("fail");

  public static final ConfigKey<String> DEAD_LETTER_FILE =
      key(
          "dead_letter.file",
          path(),
          "The file for rejected items if on_poison = dead_letter. Each line is a JSON object with"
              + " time, direction, table, key, reason and the whole item. Without a value:"
              + " <id>.dead-letters.jsonl in the working directory.");

  public static final ConfigKey<Long> MEMORY_BUDGET =
      key(
          "memory.budget",
          bytes(8L << 20),
          "The most bytes of items that are read and not yet written. Without a value: a quarter of"
              + " the heap.");

  public static final ConfigKey<String> PID_PATH =
      key(
              "pid_path",
              path(),
              "The directory for the file <id>.pid, which holds the process id while the sync runs."
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
          ON_GAP_FALLBACK,
          START_TIMEOUT,
          RETRY_UNKNOWN,
          RETRY_GONE,
          ON_POISON,
          DEAD_LETTER_FILE,
          MEMORY_BUDGET,
          PID_PATH);
}
