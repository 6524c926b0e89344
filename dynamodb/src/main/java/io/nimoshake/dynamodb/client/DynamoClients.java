package io.nimoshake.dynamodb.client;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.thirdparty.jackson.core.StreamReadConstraints;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The SDK's clients for tables and for streams. They share one connection pool. Thread-safe. */
public final class DynamoClients implements AutoCloseable {
  private static final int OPEN_OBJECTS = 1_000;

  static {
    // A name may have 65,535 bytes. The SDK's parser takes 50,000 characters, unless it is told
    // otherwise before its class is loaded.
    StreamReadConstraints.overrideDefaultStreamReadConstraints(
        StreamReadConstraints.builder().maxNameLength(Integer.MAX_VALUE).build());
  }

  private final FailedCalls failedCalls = new FailedCalls();

  /** What must be closed, the last one first. */
  private final Deque<SdkAutoCloseable> opened = new ArrayDeque<>();

  /** By the scheme of the endpoint, on which the proxy depends. */
  private final Map<String, SdkHttpClient> http = new HashMap<>();

  /** Ends the calls that take too long. */
  private final ScheduledExecutorService timeouts = timeouts();

  private final DynamoSettings settings;
  private final Region region;
  private final AwsCredentialsProvider credentials;
  private final DynamoDbClient tables;
  private final DynamoDbStreamsClient streams;
  private final DirectCalls records;

  /**
   * Builds both clients; makes no call yet.
   *
   * @param interceptors added to both clients, after the SDK's own
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public DynamoClients(DynamoSettings settings, List<ExecutionInterceptor> interceptors)
      throws Fault.Fatal {
    this.settings = settings;
    region = region(settings);
    opened.push(timeouts::shutdownNow);
    try {
      credentials = credentials(settings);
      tables =
          keep(
              configure(
                      DynamoDbClient.builder(),
                      settings,
                      credentials,
                      scheme(settings.endpoint()),
                      interceptors)
                  .region(region)
                  .applyMutation(it -> settings.endpoint().ifPresent(it::endpointOverride))
                  .build());
      String scheme = scheme(settings.streamsEndpoint());
      records =
          new DirectCalls(
              "GetRecords",
              http(scheme),
              credentials,
              settings.calls().timeout(),
              System::nanoTime);
      streams =
          keep(
              configure(
                      DynamoDbStreamsClient.builder(),
                      settings,
                      credentials,
                      scheme,
                      Stream.concat(interceptors.stream(), Stream.of(records)).toList())
                  .httpClient(records.transport())
                  .region(region)
                  .applyMutation(it -> settings.streamsEndpoint().ifPresent(it::endpointOverride))
                  .build());
    } catch (SdkClientException | IllegalArgumentException e) {
      close();
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

  /** Calls of GetRecords that cost less than those of the client. */
  public DirectCalls records() {
    return records;
  }

  /**
   * Builds a client for Amazon S3 with the same credentials; makes no call yet. It has connections
   * of its own, because an object that is being read holds one for long.
   *
   * @param endpoint of a service that is compatible with S3; empty: S3 itself, in any region
   * @param pathStyle whether the bucket is part of the path instead of the host name
   * @throws Fault.Fatal if no region is configured and the AWS default chain finds none
   */
  public S3Client s3(Optional<URI> endpoint, boolean pathStyle) throws Fault.Fatal {
    try {
      String scheme = scheme(endpoint);
      synchronized (opened) {
        return keep(
            configure(S3Client.builder(), settings, credentials, scheme, List.of())
                .httpClient(keep(http(scheme, settings.withMaxConnections(OPEN_OBJECTS).calls())))
                .forcePathStyle(pathStyle)
                .crossRegionAccessEnabled(endpoint.isEmpty())
                .region(region)
                .applyMutation(it -> endpoint.ifPresent(at -> compatible(it, at)))
                .build());
      }
    } catch (SdkClientException | IllegalArgumentException e) {
      throw new Fault.Fatal("cannot set up the S3 client: " + Faults.oneLine(e.getMessage()), e);
    }
  }

  /**
   * For a service that is compatible with S3. Some refuse calls that ask for checksums of S3. The
   * files of an export have an MD5, which is compared in any case.
   *
   * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html">AWS
   *     SDKs and Tools Reference Guide, Data integrity protections for Amazon S3</a>
   */
  private static void compatible(S3ClientBuilder builder, URI endpoint) {
    builder
        .endpointOverride(endpoint)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
  }

  /** Counts the failed attempts of all clients. */
  public FailedCalls failedCalls() {
    return failedCalls;
  }

  @Override
  public void close() {
    synchronized (opened) {
      while (!opened.isEmpty()) {
        opened.pop().close();
      }
    }
  }

  private <T extends SdkAutoCloseable> T keep(T resource) {
    opened.push(resource);
    return resource;
  }

  private static String scheme(Optional<URI> endpoint) {
    return endpoint.map(URI::getScheme).orElse("https");
  }

  private static Region region(DynamoSettings settings) throws Fault.Fatal {
    Optional<String> known =
        regionOfSettings(settings).or(() -> settings.endpoint().map(uri -> "us-east-1"));
    if (known.isPresent()) {
      return Region.of(known.get());
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      throw new Fault.Fatal(
          "no AWS region found: source.region or target.region is not set, and neither is the"
              + " environment variable AWS_REGION; profile "
              + ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow()
              + " has none, and no EC2 instance says where it is",
          e);
    }
  }

  /** The given region, or the one that an endpoint of AWS names. */
  private static Optional<String> regionOfSettings(DynamoSettings settings) {
    return settings.region().or(() -> settings.endpoint().flatMap(AwsHosts::regionOf));
  }

  private AwsCredentialsProvider credentials(DynamoSettings settings) {
    AwsCredentialsProvider own =
        settings.credentials().isPresent()
            ? StaticCredentialsProvider.create(of(settings.credentials().get()))
            : keep(
                CredentialChain.ofEnvironment(
                    () -> sts(settings, AnonymousCredentialsProvider.create())));
    return settings.role().isEmpty()
        ? own
        : keep(CredentialChain.ofRole(sts(settings, own), settings.role().get()));
  }

  private StsClient sts(DynamoSettings settings, AwsCredentialsProvider own) {
    Region region =
        regionOfSettings(settings).map(Region::of).orElseGet(DynamoClients::regionOfEnvironment);
    return keep(
        configure(StsClient.builder(), settings, own, "https", List.of()).region(region).build());
  }

  private static Region regionOfEnvironment() {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      // No region is configured, which is right for an endpoint that is not of AWS.
      return Region.US_EAST_1;
    }
  }

  private <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B configure(
      B builder,
      DynamoSettings settings,
      AwsCredentialsProvider credentials,
      String scheme,
      List<ExecutionInterceptor> interceptors) {
    FailedAttempts attempts = new FailedAttempts(failedCalls);
    ClientOverrideConfiguration.Builder override =
        ClientOverrideConfiguration.builder()
            .retryStrategy(retries(settings.calls().maxRetries()))
            .apiCallAttemptTimeout(settings.calls().timeout())
            .scheduledExecutorService(timeouts)
            .addMetricPublisher(attempts)
            .addExecutionInterceptor(attempts)
            .addExecutionInterceptor(new RefusedCredentials());
    interceptors.forEach(override::addExecutionInterceptor);
    return builder
        .overrideConfiguration(override.build())
        .credentialsProvider(credentials)
        .httpClient(http(scheme));
  }

  /**
   * The SDK would start five threads for each client, and keep what it knows of a call until the
   * time-out, long after the answer.
   */
  private static ScheduledExecutorService timeouts() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "nimo-shake-timeouts");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private SdkHttpClient http(String scheme) {
    return http.computeIfAbsent(scheme, name -> keep(http(name, settings.calls())));
  }

  private static SdkHttpClient http(String scheme, DynamoSettings.Calls calls) {
    return Apache5HttpClient.builder()
        .maxConnections(calls.maxConnections())
        .connectionTimeout(calls.connectTimeout())
        .connectionAcquisitionTimeout(calls.timeout())
        .socketTimeout(calls.timeout())
        .tcpKeepAlive(true)
        .proxyConfiguration(Proxies.ofProcess().configuration(scheme))
        .build();
  }

  private static RetryStrategy retries(int most) {
    if (most > 0) {
      return AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(most + 1).build();
    }
    // Without any retry a wrong clock would fail the first call. The SDK corrects it for the
    // second.
    return DefaultRetryStrategy.doNotRetry().toBuilder()
        .maxAttempts(2)
        .useClientDefaults(false)
        .retryOnException(Faults::isClockSkew)
        .build();
  }

  private static AwsCredentials of(DynamoSettings.Credentials given) {
    return given.sessionToken().isPresent()
        ? AwsSessionCredentials.create(
            given.accessKey(), given.secretKey(), given.sessionToken().get())
        : AwsBasicCredentials.create(given.accessKey(), given.secretKey());
  }
}
