package io.nimoshake.dynamodb.client;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How to reach a DynamoDB service. Start from {@link #defaults} and change what differs.
 *
 * @param region the AWS region; if empty, the AWS default chain finds one, or {@code us-east-1} is
 *     used where an endpoint is given
 * @param endpoint used for tables and streams alike, except that the streams of a public AWS
 *     endpoint ({@code dynamodb.*.amazonaws.com}) are read from {@code streams.dynamodb.*}
 * @param credentials if empty, the AWS default chain finds them
 * @param maxRetries how often the SDK retries a call before the caller gets the error
 * @param callTimeout longest time of one attempt
 * @param connectTimeout longest time to connect
 * @param maxConnections most calls at the same time; at least the number of splits that are read
 * @see <a
 *     href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html">
 *     AWS SDK for Java, Default credentials provider chain</a>
 */
public record DynamoSettings(
    Optional<String> region,
    Optional<URI> endpoint,
    Optional<Credentials> credentials,
    int maxRetries,
    Duration callTimeout,
    Duration connectTimeout,
    int maxConnections) {

  public DynamoSettings {
    if (maxRetries < 0 || maxConnections < 1) {
      throw new IllegalArgumentException("maxRetries < 0 or maxConnections < 1");
    }
  }

  /** A key pair, and its token if it is temporary. Its text shows the access key only. */
  public record Credentials(String accessKey, String secretKey, Optional<String> sessionToken) {
    @Override
    public String toString() {
      return "Credentials[" + accessKey + "]";
    }
  }

  /** AWS, with region and credentials from the AWS default chain. */
  public static DynamoSettings defaults() {
    return new DynamoSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        1,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        128);
  }

  public DynamoSettings withRegion(String name) {
    return new DynamoSettings(
        Optional.of(name),
        endpoint,
        credentials,
        maxRetries,
        callTimeout,
        connectTimeout,
        maxConnections);
  }

  public DynamoSettings withEndpoint(URI uri) {
    return new DynamoSettings(
        region,
        Optional.of(uri),
        credentials,
        maxRetries,
        callTimeout,
        connectTimeout,
        maxConnections);
  }

  public DynamoSettings withCredentials(Credentials given) {
    return new DynamoSettings(
        region,
        endpoint,
        Optional.of(given),
        maxRetries,
        callTimeout,
        connectTimeout,
        maxConnections);
  }

  public DynamoSettings withMaxRetries(int retries) {
    return new DynamoSettings(
        region, endpoint, credentials, retries, callTimeout, connectTimeout, maxConnections);
  }

  public DynamoSettings withTimeouts(Duration call, Duration connect) {
    return new DynamoSettings(
        region, endpoint, credentials, maxRetries, call, connect, maxConnections);
  }

  public DynamoSettings withMaxConnections(int connections) {
    return new DynamoSettings(
        region, endpoint, credentials, maxRetries, callTimeout, connectTimeout, connections);
  }

  /**
   * The endpoint for streams. AWS serves streams at a host of their own. Other services that speak
   * DynamoDB use one host for both.
   *
   * @see <a href="https://docs.aws.amazon.com/general/latest/gr/ddb.html">AWS General Reference,
   *     DynamoDB endpoints</a>
   */
  public Optional<URI> streamsEndpoint() {
    return endpoint.map(
        uri -> {
          String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
          boolean aws = host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn");
          return host.startsWith("dynamodb.") && aws
              ? URI.create(uri.toString().replaceFirst("(?i)//dynamodb\\.", "//streams.dynamodb."))
              : uri;
        });
  }

  /** The service's name for messages, without user, path and query. */
  public String place() {
    return endpoint
        .map(uri -> uri.getScheme() + "://" + uri.getHost() + portOf(uri))
        .orElseGet(() -> "DynamoDB" + region.map(name -> " in " + name).orElse(""));
  }

  private static String portOf(URI uri) {
    return uri.getPort() < 0 ? "" : ":" + uri.getPort();
  }
}
