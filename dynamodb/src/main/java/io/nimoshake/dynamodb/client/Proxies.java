package io.nimoshake.dynamodb.client;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;

/**
 * The HTTP proxy that this process is told to use: by Java's system properties, else by environment
 * variables. The scheme of the endpoint selects them, as other programs do it. The SDK (2.57.8)
 * would take the variable by the scheme of the proxy and so ignore {@code HTTPS_PROXY}.
 *
 * @see <a
 *     href="https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/net/doc-files/net-properties.html#Proxies">
 *     Java, Networking Properties, Proxies</a>
 * @see <a href="https://curl.se/docs/manpage.html#ENVIRONMENT">curl, Environment: HTTPS_PROXY,
 *     NO_PROXY</a>
 */
final class Proxies {
  private final UnaryOperator<String> properties;
  private final UnaryOperator<String> environment;

  Proxies(UnaryOperator<String> properties, UnaryOperator<String> environment) {
    this.properties = properties;
    this.environment = environment;
  }

  static Proxies ofProcess() {
    return new Proxies(System::getProperty, System::getenv);
  }

  /**
   * The configuration for endpoints of a scheme; it may have no proxy.
   *
   * @param scheme {@code http} or {@code https}
   * @throws IllegalArgumentException if a variable does not hold a URL
   */
  ProxyConfiguration configuration(String scheme) {
    ProxyConfiguration.Builder builder =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false);
    String host = properties.apply(scheme + ".proxyHost");
    if (host != null) {
      String port =
          Objects.requireNonNullElse(
              properties.apply(scheme + ".proxyPort"), scheme.equals("https") ? "443" : "80");
      return builder
          .endpoint(URI.create("http://" + host + ":" + port))
          .username(properties.apply(scheme + ".proxyUser"))
          .password(properties.apply(scheme + ".proxyPassword"))
          .nonProxyHosts(patterns(properties.apply("http.nonProxyHosts"), "\\|", Proxies::wildcard))
          .build();
    }
    variables(scheme).ifPresent(proxy -> addTo(builder, proxy));
    return builder
        .nonProxyHosts(patterns(first(List.of("NO_PROXY", "no_proxy")), "[,\\s]+", Proxies::domain))
        .build();
  }

  private Optional<URI> variables(String scheme) {
    List<String> names =
        scheme.equals("https")
            ? List.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY")
            : List.of("HTTP_PROXY", "http_proxy", "ALL_PROXY");
    String value = first(names);
    return value == null
        ? Optional.empty()
        : Optional.of(URI.create(value.contains("://") ? value : "http://" + value));
  }

  private String first(List<String> names) {
    return names.stream()
        .map(environment)
        .filter(value -> value != null && !value.isBlank())
        .map(String::strip)
        .findFirst()
        .orElse(null);
  }

  private static void addTo(ProxyConfiguration.Builder builder, URI proxy) {
    if (proxy.getHost() == null) {
      throw new IllegalArgumentException("a proxy must be a URL such as http://10.1.1.1:3128");
    }
    int port =
        proxy.getPort() >= 0 ? proxy.getPort() : "https".equals(proxy.getScheme()) ? 443 : 80;
    builder.endpoint(URI.create(proxy.getScheme() + "://" + proxy.getHost() + ":" + port));
    if (proxy.getRawUserInfo() != null) {
      String[] user = proxy.getRawUserInfo().split(":", 2);
      builder.username(decoded(user[0]));
      builder.password(user.length > 1 ? decoded(user[1]) : "");
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static Set<String> patterns(
      String list, String separator, UnaryOperator<String> pattern) {
    Set<String> patterns = new HashSet<>();
    Stream<String> hosts = list == null ? Stream.empty() : Arrays.stream(list.split(separator));
    hosts
        .map(host -> host.strip().toLowerCase(Locale.ROOT))
        .filter(host -> !host.isEmpty())
        .forEach(host -> patterns.add(pattern.apply(host)));
    return patterns;
  }

  /** {@code http.nonProxyHosts}: a star stands for any text. */
  private static String wildcard(String host) {
    return Pattern.quote(host).replace("*", "\\E.*\\Q");
  }

  /** {@code NO_PROXY}: a name stands for itself and for the names below it. */
  private static String domain(String entry) {
    String host = entry.replaceFirst(":\\d+$", "").replaceFirst("^\\*?\\.", "");
    return "(.*\\.)?" + wildcard(host);
  }
}
