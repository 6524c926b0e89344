package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.program.SecretFree;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.Redaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Secrets that are ordinary words, as those of a local DynamoDB, and secrets that are real. */
class SecretFreeAnswersTest extends HttpFixture {
  private static final Map<String, String> WORDS =
      Map.of(
          "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", "test",
          "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", "1234");

  private static final String KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  private static final Map<String, String> REAL =
      Map.of(
          "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", KEY_ID,
          "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", SECRET);

  @Test
  void aSecretThatIsAWordLeavesNamesAndNumbersAsTheyAre() throws Exception {
    table("test-orders", TableState.FOLLOWING, 1234L);
    table("test", TableState.FOLLOWING, 1_234_567L);
    start(WORDS);
    JsonNode status = json.readTree(get("/api/v1/status").body());
    assertEquals("test-orders", status.at("/tables/0/name").asText(), status.toPrettyString());
    assertEquals(1234, status.at("/tables/0/approximate_items").asLong());
    assertEquals("test", status.at("/tables/1/name").asText());
    assertEquals(1_234_567, status.at("/tables/1/approximate_items").asLong());
    JsonNode paused = json.readTree(post("/api/v1/pause", "{}").body());
    assertEquals(
        List.of("test-orders", "test"), json.convertValue(paused.at("/tables"), List.class));
    assertEquals(
        "{\"tables\":[\"test-orders\"]}",
        post("/api/v1/pause", "{\"table\":\"test-orders\"}").body());
    Scraped metrics = Scraped.of(get("/metrics").body());
    assertEquals(
        1,
        metrics.value("nimoshake_table_paused", Map.of("table", "test-orders")),
        "its one table");
    assertTrue(get("/metrics").body().contains("table=\"test-orders\""));
    assertTrue(get("/metrics").body().contains("table=\"test\""));
    assertTrue(get("/progress").body().contains("\"test-orders\":"));
  }

  @Test
  void aSecretThatIsAWordIsRemovedWhereItStandsAlone() throws Exception {
    tables.add(
        GivenTable.of("orders", TableState.FAILED)
            .failure("user 'test' with password 1234 is refused")
            .view());
    start(WORDS);
    String status = get("/api/v1/status").body();
    assertTrue(status.contains("user '***' with password *** is refused"), status);
  }

  @Test
  void aRealSecretIsRemovedFromEveryText() throws Exception {
    tables.add(
        GivenTable.of("orders", TableState.FAILED)
            .failure("Credential=" + KEY_ID + "x, and x" + SECRET + "\\n")
            .view());
    tables.add(GivenTable.of("x" + KEY_ID, TableState.FOLLOWING).view());
    start(REAL);
    for (String path :
        List.of("/api/v1/status", "/api/v1/errors", "/api/v1/config", "/metrics", "/healthz")) {
      String body = get(path).body();
      assertFalse(body.contains(KEY_ID), path + ": " + body);
      assertFalse(body.contains(SECRET), path + ": " + body);
    }
    assertTrue(get("/api/v1/status").body().contains("Credential=***x, and x***"));
  }

  @Test
  void theJsonOfACommandIsMaskedInTheSameWay() throws Exception {
    Redaction words = redaction(WORDS);
    String json =
        "{\"table\":\"test\",\"test\":1234,\"cost\":1.50,\"why\":\"test\",\"tables\":[\"test\"],"
            + "\"warnings\":[\"\\n1234\",\"x1234\"]}";
    String masked =
        "{\"table\":\"test\",\"test\":1234,\"cost\":1.50,\"why\":\"***\",\"tables\":[\"test\"],"
            + "\"warnings\":[\"\\n***\",\"x1234\"]}";
    assertEquals(masked, SecretFree.json(words, json));
    assertEquals(
        this.json.readTree(masked), this.json.readTree(SecretFree.prettyJson(words, json)));
  }

  private static Redaction redaction(Map<String, String> environment) throws Exception {
    return Configuration.load(Optional.empty(), environment, List.of("target.address=mongodb://h"))
        .redaction();
  }
}
