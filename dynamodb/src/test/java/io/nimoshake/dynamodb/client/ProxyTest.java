package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyTest {
  private FakeAws proxy;
  @TempDir private Path home;

  @BeforeEach
  void start() throws IOException {
    proxy = new FakeAws();
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
  }

  private Map<String, String> environment(String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_ACCESS_KEY_ID", "OWN");
    environment.put("AWS_SECRET_ACCESS_KEY", "secret");
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  private List<String> lines() {
    return proxy.requests().stream().map(FakeAws.Request::line).toList();
  }

  @Test
  void httpsGoesThroughTheProxyOfTheEnvironment() throws Exception {
    String said =
        ListTablesProgram.run(
            home, environment("HTTPS_PROXY", proxy.endpoint().toString(), "NO_PROXY", "other.com"));

    assertTrue(said.startsWith("transient: "), said);
    assertEquals(List.of("CONNECT dynamodb.eu-west-1.amazonaws.com:443 HTTP/1.1"), lines());
  }

  @Test
  void httpGoesThroughTheProxyOfTheEnvironment() throws Exception {
    assertEquals(
        "listed",
        ListTablesProgram.run(
            home,
            environment("HTTP_PROXY", proxy.endpoint().toString()),
            "http://dynamodb.example.test:8000"));
    assertEquals(List.of("POST http://dynamodb.example.test:8000/ HTTP/1.1"), lines());
  }

  @Test
  void hostsOfNoProxyAreReachedDirectly() throws Exception {
    try (FakeAws direct = new FakeAws()) {
      assertEquals(
          "listed",
          ListTablesProgram.run(
              home,
              environment(
                  "HTTP_PROXY", proxy.endpoint().toString(), "NO_PROXY", "example.com,127.0.0.1"),
              direct.endpoint().toString()));
      assertEquals(1, direct.toDynamo().size());
    }
    assertEquals(List.of(), lines());
  }
}
