package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;

class ProxiesTest {
  private static ProxyConfiguration of(String scheme, String... pairs) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put(pairs[i], pairs[i + 1]);
    }
    return new Proxies(values::get, values::get).configuration(scheme);
  }

  private static String place(ProxyConfiguration proxy) {
    return proxy.host() == null ? null : proxy.scheme() + " " + proxy.host() + " " + proxy.port();
  }

  @Test
  void theSchemeOfTheEndpointSelectsTheProxy() {
    String[] both = {"HTTPS_PROXY", "http://secure:1", "HTTP_PROXY", "http://plain:2"};

    assertEquals("http secure 1", place(of("https", both)));
    assertEquals("http plain 2", place(of("http", both)));
    assertEquals("http low 1", place(of("https", "https_proxy", "http://low:1")));
    assertEquals("http plain 2", place(of("https", "HTTP_PROXY", "http://plain:2")));
    assertEquals(null, place(of("http", "HTTPS_PROXY", "http://secure:1")));
    assertEquals("http all 3", place(of("http", "ALL_PROXY", "http://all:3")));
    assertEquals(null, place(of("https")));
  }

  @Test
  void aProxyMayHaveNoSchemeNoPortAndAUser() {
    assertEquals("http proxy 3128", place(of("https", "HTTPS_PROXY", "proxy:3128")));
    assertEquals("https proxy 443", place(of("https", "HTTPS_PROXY", "https://proxy/")));
    ProxyConfiguration proxy = of("https", "HTTPS_PROXY", "http://me:p%40s+s@proxy:1");
    assertEquals("me", proxy.username());
    assertEquals("p@s+s", proxy.password());
    assertThrows(IllegalArgumentException.class, () -> of("https", "HTTPS_PROXY", "http://"));
  }

  @Test
  void systemPropertiesGoBeforeVariables() {
    ProxyConfiguration proxy =
        of(
            "https",
            "HTTPS_PROXY",
            "http://variable:1",
            "https.proxyHost",
            "property",
            "http.nonProxyHosts",
            "*.inner.com|10.*");

    assertEquals("http property 443", place(proxy));
    assertEquals(true, matches(proxy, "a.inner.com"));
    assertEquals(true, matches(proxy, "10.1.1.1"));
    assertEquals(false, matches(proxy, "inner.com"));
    assertEquals(false, matches(proxy, "axinner.com"));
  }

  @ParameterizedTest
  @CsvSource({
    "amazonaws.com, dynamodb.eu-west-1.amazonaws.com, true",
    ".amazonaws.com, dynamodb.eu-west-1.amazonaws.com, true",
    "*.amazonaws.com, dynamodb.eu-west-1.amazonaws.com, true",
    "AmazonAWS.com:443, dynamodb.eu-west-1.amazonaws.com, true",
    "'a.com , amazonaws.com', dynamodb.eu-west-1.amazonaws.com, true",
    "amazonaws.com, fake-amazonaws.com, false",
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.011, false",
    "*, anything, true",
    "'', anything, false"
  })
  void noProxyNamesHostsAndDomains(String list, String host, boolean direct) {
    assertEquals(direct, matches(of("https", "HTTPS_PROXY", "http://p:1", "NO_PROXY", list), host));
  }

  /** As the client compares them. */
  private static boolean matches(ProxyConfiguration proxy, String host) {
    return proxy.nonProxyHosts().stream().anyMatch(host::matches);
  }
}
