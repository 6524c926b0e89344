package io.nimoshake.dynamodb.client;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** The SDK's clients for tables and for streams. They share one connection pool. Thread-safe. */
public final class DynamoClients implements AutoCloseable {
  private final FailedCalls failedCalls = new FailedCalls();
  private final SdkHttpClient http;
  private final DynamoDbClient tables;
  private final DynamoDbStreamsClient streams;

  /**
   * Builds both clients; makes no call yet.
   *
   * @param interceptors added to both clients, after the SDK's own
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public DynamoClients(DynamoSettings settings, List<ExecutionInterceptor> interceptors)
      throws Fault.Fatal {
    http =
        Apache5HttpClient.builder()
            .maxConnections(settings.maxConnections())
            .connectionTimeout(settings.connectTimeout())
            .connectionAcquisitionTimeout(settings.callTimeout())
            .socketTimeout(settings.callTimeout())
            .tcpKeepAlive(true)
            .build();
    try {
      tables =
          configure(DynamoDbClient.builder(), settings, settings.endpoint(), interceptors)
              .httpClient(http)
              .build();
      streams =
          configure(
                  DynamoDbStreamsClient.builder(),
                  settings,
                  settings.streamsEndpoint(),
                  interceptors)
              .httpClient(http)
              .build();
    } catch (SdkClientException e) {
      http.close();
      throw new Fault.Fatal(
          "cannot set up the DynamoDB client: " + Faults.oneLine(e.getMessage()), e);
    }
  }

  public DynamoDbClient tables() {
    return tables;
  }

  public DynamoDbStreamsClient streams() {
    return streams;
  }

  /** Counts the failed attempts of both clients. */
  public FailedCalls failedCalls() {
    return failedCalls;
  }

  @Override
  public void close() {
    tables.close();
    streams.close();
    http.close();
  }

  private <B extends AwsClientBuilder<B, ?>> B configure(
      B builder,
      DynamoSettings settings,
      Optional<URI> endpoint,
      List<ExecutionInterceptor> interceptors) {
    FailedAttempts attempts = new FailedAttempts(failedCalls);
    ClientOverrideConfiguration.Builder override =
        ClientOverrideConfiguration.builder()
            .retryStrategy(
                AwsRetryStrategy.standardRetryStrategy().toBuilder()
                    .maxAttempts(settings.maxRetries() + 1)
                    .build())
            .apiCallAttemptTimeout(settings.callTimeout())
            .addMetricPublisher(attempts)
            .addExecutionInterceptor(attempts);
    interceptors.forEach(override::addExecutionInterceptor);
    builder.overrideConfiguration(override.build());
    endpoint.ifPresent(builder::endpointOverride);
    settings
        .region()
        .or(() -> endpoint.map(uri -> "us-east-1"))
        .ifPresent(region -> builder.region(Region.of(region)));
    settings
        .credentials()
        .ifPresent(
            given -> builder.credentialsProvider(StaticCredentialsProvider.create(of(given))));
    return builder;
  }

  private static AwsCredentials of(DynamoSettings.Credentials given) {
    return given.sessionToken().isPresent()
        ? AwsSessionCredentials.create(
            given.accessKey(), given.secretKey(), given.sessionToken().get())
        : AwsBasicCredentials.create(given.accessKey(), given.secretKey());
  }
}
