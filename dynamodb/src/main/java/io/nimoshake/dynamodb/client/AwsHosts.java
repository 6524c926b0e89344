package io.nimoshake.dynamodb.client;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.endpoints.DynamoDbEndpointProvider;
import software.amazon.awssdk.services.dynamodb.streams.endpoints.DynamoDbStreamsEndpointProvider;

/**
 * The host names under which AWS serves DynamoDB. Streams have a host of their own. The endpoint
 * rules of the SDK know it for every region and kind of endpoint.
 *
 * @see <a href="https://docs.aws.amazon.com/general/latest/gr/ddb.html">AWS General Reference,
 *     Amazon DynamoDB endpoints: regional, FIPS, dual-stack and account-based</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html">
 *     AWS PrivateLink for DynamoDB Streams: an interface endpoint of its own</a>
 */
public final class AwsHosts {
  /** The domains of AWS, in all its partitions. */
  private static final List<String> DOMAINS =
      List.of(
          ".amazonaws.com",
          ".amazonaws.com.cn",
          ".amazonaws.eu",
          ".api.aws",
          ".api.amazonwebservices.com.cn",
          ".api.amazonwebservices.eu",
          ".c2s.ic.gov",
          ".sc2s.sgov.gov",
          ".api.aws.ic.gov",
          ".api.aws.scloud");

  /** A name of the service, maybe after the id of a VPC endpoint or an account. */
  private static final Pattern SERVICE =
      Pattern.compile("(?:.*\\.)?(?:dynamodb|ddb)(?:-fips)?\\.(.*)");

  /** The region comes after the name of the service. */
  private static final Pattern REGION = Pattern.compile("([a-z]+(?:-[a-z]+)+-[0-9]+)\\..*");

  /** An account-based endpoint is a regional one whose host begins with the account. */
  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}\\.ddb(?=[.-])");

  /** A kind of endpoint. */
  private record Kind(boolean fips, boolean dualStack) {
    static final List<Kind> ALL =
        List.of(
            new Kind(false, false),
            new Kind(true, false),
            new Kind(false, true),
            new Kind(true, true));
  }

  private AwsHosts() {}

  /**
   * Where the streams of the tables at an endpoint are. A service other than that of AWS has one
   * endpoint for both.
   *
   * @return empty if it is an endpoint of AWS that does not tell: a VPC endpoint for tables has
   *     another id than the one for streams
   */
  public static Optional<URI> streamsOf(URI tables) {
    String host = host(tables);
    if (serviceOf(host).isEmpty()) {
      return Optional.of(tables);
    }
    Optional<Region> region = regionOf(tables).map(Region::of);
    if (region.isEmpty()) {
      return Optional.empty();
    }
    String regional = ACCOUNT.matcher(host).replaceFirst("dynamodb");
    return streamsOf(regional, region.get())
        // Every regional endpoint of GovCloud is a FIPS endpoint, with or without that word.
        .or(
            () ->
                region.get().id().startsWith("us-gov-")
                    ? streamsOf(regional.replaceFirst("-fips\\.", "."), region.get())
                    : Optional.empty())
        .map(name -> withHost(tables, name));
  }

  private static Optional<String> streamsOf(String host, Region region) {
    return Kind.ALL.stream()
        .filter(kind -> tables(region, kind).filter(host::equals).isPresent())
        .findFirst()
        .flatMap(kind -> streams(region, kind));
  }

  private static Optional<String> tables(Region region, Kind kind) {
    return resolved(
        () ->
            DynamoDbEndpointProvider.defaultProvider()
                .resolveEndpoint(
                    of -> of.region(region).useFips(kind.fips()).useDualStack(kind.dualStack())));
  }

  private static Optional<String> streams(Region region, Kind kind) {
    return resolved(
        () ->
            DynamoDbStreamsEndpointProvider.defaultProvider()
                .resolveEndpoint(
                    of -> of.region(region).useFips(kind.fips()).useDualStack(kind.dualStack())));
  }

  private static Optional<String> resolved(Supplier<CompletableFuture<Endpoint>> resolution) {
    try {
      return Optional.of(host(resolution.get().join().url()));
    } catch (CompletionException e) {
      // The partition has no endpoints of this kind.
      return Optional.empty();
    }
  }

  /** The region of an AWS endpoint, which its host names. */
  public static Optional<String> regionOf(URI endpoint) {
    return serviceOf(host(endpoint))
        .map(REGION::matcher)
        .filter(Matcher::matches)
        .map(region -> region.group(1));
  }

  /** What follows the name of the service in a host of AWS; empty if it is another host. */
  private static Optional<String> serviceOf(String host) {
    Matcher service = SERVICE.matcher(host);
    return DOMAINS.stream().anyMatch(host::endsWith) && service.matches()
        ? Optional.of(service.group(1))
        : Optional.empty();
  }

  private static URI withHost(URI tables, String host) {
    String port = tables.getPort() < 0 ? "" : ":" + tables.getPort();
    String path = tables.getRawPath() == null ? "" : tables.getRawPath();
    return URI.create(tables.getScheme() + "://" + host + port + path);
  }

  private static String host(URI uri) {
    return uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
  }
}
