package io.nimoshake.dynamodb.client;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach a DynamoDB service. Start from {@link #defaults} and change what differs.
 *
 * @param region the AWS region; if empty, that of an AWS endpoint, or {@code us-east-1} for another
 *     endpoint; without an endpoint the AWS default chain finds one
 * @param endpoint for tables; if empty, that of the region
 * @param givenStreamsEndpoint for streams; if empty, see {@link #streamsEndpoint}
 * @param credentials if empty, the AWS default chain finds them
 * @param role a role to assume with these credentials; if empty, they are used as they are
 * @param calls limits of the calls
 * @see <a
 *     href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html">
 *     AWS SDK for Java, Default credentials provider chain</a>
 */
public record DynamoSettings(
    Optional<String> region,
    Optional<URI> endpoint,
    Optional<URI> givenStreamsEndpoint,
    Optional<Credentials> credentials,
    Optional<Role> role,
    Calls calls) {

  /** A key pair, and its token if it is temporary. Its text shows the access key only. */
  public record Credentials(String accessKey, String secretKey, Optional<String> sessionToken) {
    @Override
    public String toString() {
      return "Credentials[" + accessKey + "]";
    }
  }

  /**
   * A role to assume.
   *
   * @param externalId if the role's trust policy asks for one
   * @param sessionName shows in the logs of AWS
   * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html">AWS STS,
   *     AssumeRole</a>
   */
  public record Role(String arn, Optional<String> externalId, String sessionName) {}

  /**
   * Limits of calls.
   *
   * @param maxRetries how often the SDK retries a call before the caller gets the error
   * @param timeout longest time of one attempt
   * @param connectTimeout longest time to connect
   * @param maxConnections most calls at the same time; at least the number of splits that are read
   */
  public record Calls(
      int maxRetries, Duration timeout, Duration connectTimeout, int maxConnections) {
    public Calls {
      if (maxRetries < 0 || maxConnections < 1) {
        throw new IllegalArgumentException("maxRetries < 0 or maxConnections < 1");
      }
    }
  }

  /** AWS, with region and credentials from the AWS default chain. */
  public static DynamoSettings defaults() {
    return new DynamoSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Calls(1, Duration.ofSeconds(10), Duration.ofSeconds(5), 128));
  }

  public DynamoSettings withRegion(String name) {
    return new DynamoSettings(
        Optional.of(name), endpoint, givenStreamsEndpoint, credentials, role, calls);
  }

  public DynamoSettings withEndpoint(URI uri) {
    return new DynamoSettings(
        region, Optional.of(uri), givenStreamsEndpoint, credentials, role, calls);
  }

  public DynamoSettings withStreamsEndpoint(URI uri) {
    return new DynamoSettings(region, endpoint, Optional.of(uri), credentials, role, calls);
  }

  public DynamoSettings withCredentials(Credentials given) {
    return new DynamoSettings(
        region, endpoint, givenStreamsEndpoint, Optional.of(given), role, calls);
  }

  public DynamoSettings withRole(Role given) {
    return new DynamoSettings(
        region, endpoint, givenStreamsEndpoint, credentials, Optional.of(given), calls);
  }

  public DynamoSettings withMaxRetries(int retries) {
    return with(
        new Calls(retries, calls.timeout(), calls.connectTimeout(), calls.maxConnections()));
  }

  public DynamoSettings withTimeouts(Duration call, Duration connect) {
    return with(new Calls(calls.maxRetries(), call, connect, calls.maxConnections()));
  }

  public DynamoSettings withMaxConnections(int connections) {
    return with(
        new Calls(calls.maxRetries(), calls.timeout(), calls.connectTimeout(), connections));
  }

  private DynamoSettings with(Calls changed) {
    return new DynamoSettings(region, endpoint, givenStreamsEndpoint, credentials, role, changed);
  }

  /**
   * The endpoint for streams: the given one, else the counterpart of the endpoint for tables, else
   * that endpoint itself.
   */
  public Optional<URI> streamsEndpoint() {
    return givenStreamsEndpoint.or(() -> endpoint.map(uri -> AwsHosts.streamsOf(uri).orElse(uri)));
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
