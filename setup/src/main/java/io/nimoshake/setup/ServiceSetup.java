package io.nimoshake.setup;

import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ExportKeys;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.ServiceKeys;
import io.nimoshake.setup.config.SourceKeys;
import io.nimoshake.setup.config.TargetKeys;
import java.net.URI;
import java.time.Duration;

/**
 * How the services that speak DynamoDB's protocol are called: where, as whom, and how patiently.
 */
final class ServiceSetup {
  /** Stands for "no time limit". */
  private static final Duration NO_LIMIT = Duration.ofDays(1);

  /** Enough for 16 MB over a slow network. */
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(30);

  private final Configuration configuration;

  ServiceSetup(Configuration configuration) {
    this.configuration = configuration;
  }

  /** How the source is read. */
  DynamoSettings source() {
    DynamoSettings settings = service(callSettings(), SourceKeys.SERVICE);
    if (configuration.isSet(ExportKeys.SCHEMA) && settings.region().isEmpty()) {
      // No table is called, and S3 answers in whatever region the bucket is.
      settings = settings.withRegion("us-east-1");
    }
    if (configuration.isSet(SourceKeys.ENDPOINT_URL)) {
      settings = settings.withEndpoint(configuration.get(SourceKeys.ENDPOINT_URL));
    }
    if (configuration.isSet(SourceKeys.STREAMS_ENDPOINT_URL)) {
      settings = settings.withStreamsEndpoint(configuration.get(SourceKeys.STREAMS_ENDPOINT_URL));
    }
    return settings;
  }

  /** How the tables of the source are written, on the way back. */
  DynamoSettings sourceAsTarget() {
    return forWrites(source());
  }

  /** How a DynamoDB-compatible target is written. */
  DynamoSettings target() {
    DynamoSettings settings = service(forWrites(callSettings()), TargetKeys.SERVICE);
    return configuration.isSet(TargetKeys.ADDRESS)
        ? settings.withEndpoint(URI.create(configuration.get(TargetKeys.ADDRESS)))
        : settings;
  }

  private static DynamoSettings forWrites(DynamoSettings settings) {
    return settings.withTimeouts(WRITE_TIMEOUT, settings.calls().connectTimeout());
  }

  /** Adds region and credentials. */
  private DynamoSettings service(DynamoSettings calls, ServiceKeys keys) {
    DynamoSettings settings = calls;
    if (configuration.isSet(keys.region())) {
      settings = settings.withRegion(configuration.get(keys.region()));
    }
    if (configuration.isSet(keys.accessKeyId())) {
      settings =
          settings.withCredentials(
              new DynamoSettings.Credentials(
                  configuration.get(keys.accessKeyId()),
                  configuration.get(keys.secretAccessKey()),
                  configuration.find(keys.sessionToken())));
    }
    if (configuration.isSet(keys.roleArn())) {
      settings =
          settings.withRole(
              new DynamoSettings.Role(
                  configuration.get(keys.roleArn()),
                  configuration.find(keys.roleExternalId()),
                  configuration
                      .find(keys.roleSessionName())
                      .orElseGet(() -> "nimo-shake-" + configuration.get(GeneralKeys.ID))));
    }
    return settings;
  }

  /** The call settings that source and target share. */
  private DynamoSettings callSettings() {
    DynamoSettings settings =
        DynamoSettings.defaults().withMaxRetries(configuration.get(SourceKeys.MAX_RETRIES));
    Duration timeout = configuration.get(SourceKeys.TIMEOUT);
    return settings.withTimeouts(
        timeout.isZero() ? NO_LIMIT : timeout, settings.calls().connectTimeout());
  }
}
