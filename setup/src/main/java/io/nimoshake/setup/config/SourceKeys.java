package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.httpUrl;
import static io.nimoshake.setup.config.ValueType.millis;
import static io.nimoshake.setup.config.ValueType.number;
import static io.nimoshake.setup.config.ValueType.text;

import java.net.URI;
import java.time.Duration;

/** Where DynamoDB is, and how fast it is read. */
public final class SourceKeys {
  private SourceKeys() {}

  public static final ConfigKey<String> ACCESS_KEY_ID =
      key(
              "source.access_key_id",
              text(),
              "AWS access key id. Without a value the AWS default chain is asked: environment,"
                  + " profile, container, instance.")
          .hidden();

  public static final ConfigKey<String> SECRET_ACCESS_KEY =
      key(
              "source.secret_access_key",
              text(),
              "The secret of source.access_key_id; both are set or neither.")
          .hidden();

  public static final ConfigKey<String> SESSION_TOKEN =
      key("source.session_token", text(), "Token that belongs to temporary credentials.").hidden();

  public static final ConfigKey<String> REGION =
      key(
          "source.region",
          text("an AWS region such as eu-central-1", "[a-z0-9-]{2,40}"),
          "AWS region. Without a value the AWS default chain is asked; with source.endpoint_url"
              + " none is needed.");

  public static final ConfigKey<URI> ENDPOINT_URL =
      key(
          "source.endpoint_url",
          httpUrl(),
          "Another endpoint than that of the region, for tables and for streams; works with every"
              + " sync_mode.");

  public static final ConfigKey<Integer> MAX_RETRIES =
      key(
              "source.session.max_retries",
              number(0, 100),
              "How often a failed call is repeated at once. After that it is tried again later,"
                  + " without limit, and counted and logged as a retry.")
          .byDefault("3")
          .inGo("0, and then the process crashes");

  public static final ConfigKey<Duration> TIMEOUT =
      key("source.session.timeout", millis(3_600_000), "Longest time of one call; 0 is no limit.")
          .byDefault("10000")
          .inGo("0");

  public static final ConfigKey<Integer> QPS_FULL =
      key("qps.full", number(1, 1_000_000), "Most Scan calls a second for one table.")
          .byDefault("1000");

  public static final ConfigKey<Integer> QPS_FULL_BATCH =
      key(
              "qps.full.batch_num",
              number(1, 100_000),
              "Most items of one Scan call. Without a value: as many as fit into the service's 1 MB.")
          .inGo("128");

  public static final ConfigKey<Integer> READ_CAPACITY =
      key(
          "qps.full.read_capacity",
          number(1, 100_000_000)
              .refusing("[0-9]+%", "a part of what is provisioned is not built yet"),
          "Most read capacity units a second the copy of one table uses. Without a value there is"
              + " no such limit.");

  public static final ConfigKey<Integer> QPS_INCR =
      key("qps.incr", number(1, 1_000_000), "Most GetRecords calls a second for one table.")
          .byDefault("1000");

  public static final ConfigKey<Integer> QPS_INCR_BATCH =
      key("qps.incr.batch_num", number(1, 1000), "Most records of one GetRecords call.")
          .byDefault("1000")
          .inGo("128");

  static final ConfigSection SECTION =
      ConfigSection.of(
          "Source",
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          SESSION_TOKEN,
          REGION,
          ENDPOINT_URL,
          MAX_RETRIES,
          TIMEOUT,
          QPS_FULL,
          QPS_FULL_BATCH,
          READ_CAPACITY,
          QPS_INCR,
          QPS_INCR_BATCH);
}
