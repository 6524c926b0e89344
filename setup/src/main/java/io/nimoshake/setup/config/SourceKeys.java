package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.httpUrl;
import static io.nimoshake.setup.config.ValueType.millis;
import static io.nimoshake.setup.config.ValueType.number;
import static io.nimoshake.setup.config.ValueType.text;

import java.net.URI;
import java.time.Duration;

/** How to reach the source, and how fast to read it. */
public final class SourceKeys {
  private SourceKeys() {}

  public static final ConfigKey<String> ACCESS_KEY_ID =
      key(
              "source.access_key_id",
              text(),
              "AWS access key id. Without a value the AWS default chain finds credentials in the"
                  + " environment, a profile, the container or the instance.")
          .hidden();

  public static final ConfigKey<String> SECRET_ACCESS_KEY = ServiceKeys.secretAccessKey("source.");

  public static final ConfigKey<String> SESSION_TOKEN = ServiceKeys.sessionToken("source.");

  public static final ConfigKey<String> ROLE_ARN = ServiceKeys.roleArn("source.");

  public static final ConfigKey<String> ROLE_EXTERNAL_ID = ServiceKeys.roleExternalId("source.");

  public static final ConfigKey<String> ROLE_SESSION_NAME = ServiceKeys.roleSessionName("source.");

  public static final ConfigKey<String> REGION =
      key(
          "source.region",
          text("an AWS region such as eu-central-1", "[a-z0-9-]{2,40}"),
          "AWS region. Without a value the AWS default chain finds it. Not needed with"
              + " source.endpoint_url.");

  public static final ConfigKey<URI> ENDPOINT_URL =
      key(
          "source.endpoint_url",
          httpUrl(),
          "Endpoint to use instead of the region's own, for tables and streams. If it is a"
              + " regional, FIPS, dual-stack or account-based endpoint of AWS, streams are read"
              + " from its counterpart.");

  public static final ConfigKey<URI> STREAMS_ENDPOINT_URL =
      key(
          "source.streams_endpoint_url",
          httpUrl(),
          "Endpoint to use for streams. Without a value it follows from source.endpoint_url. Needed"
              + " if source.endpoint_url is a VPC endpoint: AWS has another VPC endpoint for"
              + " streams.");

  public static final ConfigKey<Integer> MAX_RETRIES =
      key(
              "source.session.max_retries",
              number(0, 100),
              "How often a failed call is retried within a second or so. After that the call is"
                  + " retried with growing pauses, without limit; these retries are counted and"
                  + " logged.")
          .byDefault("3")
          .inGo("0, and then the process crashes");

  public static final ConfigKey<Duration> TIMEOUT =
      key("source.session.timeout", millis(3_600_000), "Time limit of one call; 0 means no limit.")
          .byDefault("10000")
          .inGo("0");

  public static final ConfigKey<Integer> QPS_FULL =
      key("qps.full", number(1, 1_000_000), "Most Scan calls per second for one table.")
          .byDefault("1000");

  public static final ConfigKey<Integer> QPS_FULL_BATCH =
      key(
              "qps.full.batch_num",
              number(1, 100_000),
              "Most items of one Scan call. Without a value: as many as fit into 1 MB, the"
                  + " service's limit.")
          .inGo("128");

  public static final ConfigKey<Integer> READ_CAPACITY =
      key(
          "qps.full.read_capacity",
          number(1, 100_000_000)
              .refusing("[0-9]+%", "a percentage of the provisioned capacity is not supported yet"),
          "Most read capacity units per second that the copy of one table may use. Without a value"
              + " there is no limit.");

  public static final ConfigKey<Integer> QPS_INCR =
      key("qps.incr", number(1, 1_000_000), "Most GetRecords calls per second for one table.")
          .byDefault("1000");

  public static final ConfigKey<Integer> QPS_INCR_BATCH =
      key("qps.incr.batch_num", number(1, 1000), "Most records of one GetRecords call.")
          .byDefault("1000")
          .inGo("128");

  public static final ServiceKeys SERVICE =
      new ServiceKeys(
          REGION,
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          SESSION_TOKEN,
          ROLE_ARN,
          ROLE_EXTERNAL_ID,
          ROLE_SESSION_NAME);

  static final ConfigSection SECTION =
      ConfigSection.of(
          "Source",
          ACCESS_KEY_ID,
          SECRET_ACCESS_KEY,
          SESSION_TOKEN,
          ROLE_ARN,
          ROLE_EXTERNAL_ID,
          ROLE_SESSION_NAME,
          REGION,
          ENDPOINT_URL,
          STREAMS_ENDPOINT_URL,
          MAX_RETRIES,
          TIMEOUT,
          QPS_FULL,
          QPS_FULL_BATCH,
          READ_CAPACITY,
          QPS_INCR,
          QPS_INCR_BATCH);
}
