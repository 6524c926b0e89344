package io.nimoshake.testkit.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.RawDynamo;
import io.nimoshake.testkit.wire.Reply;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpFaultProxyTest {
  private static final String PUT = "DynamoDB_20120810.PutItem";
  private static final String BATCH = "DynamoDB_20120810.BatchWriteItem";
  private static final String SCAN = "DynamoDB_20120810.Scan";

  private final AtomicInteger effects = new AtomicInteger();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final Gateway server =
      Gateway.start(
          URI.create("http://127.0.0.1:1"),
          (call, upstream) -> {
            effects.incrementAndGet();
            seen.add(new String(call.body(), StandardCharsets.UTF_8));
            String body = "{\"did\":\"" + call.operation() + "\"}";
            return new Reply.Whole(Answer.of(200, body.getBytes(StandardCharsets.UTF_8)));
          });
  private final HttpFaultProxy proxy = HttpFaultProxy.to(server.endpoint());
  private final RawDynamo client = new RawDynamo(proxy.endpoint(), "key");

  @AfterEach
  void close() {
    proxy.close();
    server.close();
  }

  @Test
  void passesEverythingOnByDefault() throws Exception {
    assertEquals("PutItem", client.send(PUT, "{}").body().path("did").asText());
    assertEquals(1, proxy.calls("PutItem"));
    assertEquals(1, proxy.calls(HttpFaultProxy.ANY));
    assertEquals(Map.of(), proxy.injected());
  }

  @Test
  void ofABatchHalfIsPassedOnAndTheRestComesBack() throws Exception {
    proxy.always("BatchWriteItem", HttpFault.UNPROCESSED_ITEMS);
    String three = "{'RequestItems':{'t':[{'PutRequest':1},{'PutRequest':2},{'DeleteRequest':3}]}}";
    assertEquals(
        "{'UnprocessedItems':{'t':[{'PutRequest':2},{'DeleteRequest':3}]}}".replace('\'', '"'),
        client.send(BATCH, three).body().toString());
    String one = "{'RequestItems':{'t':[{'PutRequest':1}]}}";
    assertEquals(
        "{'UnprocessedItems':{'t':[{'PutRequest':1}]}}".replace('\'', '"'),
        client.send(BATCH, one).body().toString());
    assertEquals(List.of("{\"RequestItems\":{\"t\":[{\"PutRequest\":1}]}}", "{\"Limit\":1}"), seen);
    assertEquals(Map.of("unprocessed_items", 2L), proxy.injected());
  }

  @Test
  void strikesTheNthCallOfItsOperationFromNowOn() throws Exception {
    client.send(PUT, "{}");
    proxy.onNth("PutItem", 2, HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED);

    assertEquals(200, client.send(PUT, "{}").status());
    assertEquals(200, client.send(SCAN, "{}").status());
    assertEquals(200, client.send(SCAN, "{}").status());
    RawDynamo.Result struck = client.send(PUT, "{}");
    assertEquals(400, struck.status());
    assertEquals("ProvisionedThroughputExceededException", struck.type());
    assertEquals(200, client.send(PUT, "{}").status());

    assertEquals(5, effects.get());
    assertEquals(Map.of("ProvisionedThroughputExceededException", 1L), proxy.injected());
  }

  @Test
  void strikesTheNthOfAllCalls() throws Exception {
    proxy.onNth(HttpFaultProxy.ANY, 2, HttpFault.THROTTLING);

    assertEquals(200, client.send(PUT, "{}").status());
    assertEquals("ThrottlingException", client.send(SCAN, "{}").type());
    assertEquals(200, client.send(SCAN, "{}").status());
  }

  @Test
  void refusesAsTheServiceDoes() throws Exception {
    proxy
        .onNth("Scan", 1, HttpFault.LIMIT_EXCEEDED)
        .onNth("Scan", 2, HttpFault.INTERNAL_SERVER_ERROR)
        .onNth("Scan", 3, HttpFault.SERVICE_UNAVAILABLE);

    assertEquals("400 LimitExceededException", said(client.send(SCAN, "{}")));
    assertEquals("500 InternalServerError", said(client.send(SCAN, "{}")));
    assertEquals("503 ServiceUnavailableException", said(client.send(SCAN, "{}")));
    assertEquals(0, effects.get());
  }

  @Test
  void dropsACallBeforeItsEffect() {
    proxy.always("PutItem", HttpFault.DROP_BEFORE);

    assertThrows(IOException.class, () -> client.send(PUT, "{}"));

    assertEquals(0, effects.get());
    assertEquals(Map.of("drop_before", 1L), proxy.injected());
  }

  @Test
  void losesTheAnswerAfterTheEffect() {
    proxy.always("PutItem", HttpFault.DROP_AFTER);

    assertThrows(IOException.class, () -> client.send(PUT, "{}"));

    assertEquals(1, effects.get());
    assertEquals(Map.of("drop_after", 1L), proxy.injected());
  }

  @Test
  void cutsAnAnswerInTheMiddle() {
    proxy.always("PutItem", HttpFault.HALF_ANSWER);

    assertThrows(IOException.class, () -> client.send(PUT, "{}"));

    assertEquals(1, effects.get());
    assertEquals(Map.of("half_answer", 1L), proxy.injected());
  }

  @Test
  void delaysACallAndThenPassesItOn() throws Exception {
    Duration delay = Duration.ofMillis(30);
    proxy.always("PutItem", new HttpFault.Delay(delay));

    long begin = System.nanoTime();
    assertEquals(200, client.send(PUT, "{}").status());

    assertTrue(System.nanoTime() - begin >= delay.toNanos());
    assertEquals(Map.of("delay", 1L), proxy.injected());
  }

  @Test
  void aSeedStrikesTheSameCallsAgain() throws Exception {
    List<Integer> once = statusesOf(7);

    assertEquals(once, statusesOf(7));
    assertNotEquals(once, statusesOf(8));
    assertTrue(once.contains(200) && once.contains(500), once.toString());
  }

  @Test
  void healsOnDemand() throws Exception {
    proxy.always(HttpFaultProxy.ANY, HttpFault.THROTTLING);
    assertEquals(400, client.send(SCAN, "{}").status());

    proxy.heal();

    assertEquals(200, client.send(SCAN, "{}").status());
  }

  @Test
  void aServerThatIsGoneLooksGone() {
    server.close();

    assertThrows(IOException.class, () -> client.send(SCAN, "{}"));
  }

  private List<Integer> statusesOf(long seed) throws Exception {
    try (HttpFaultProxy seeded = HttpFaultProxy.to(server.endpoint())) {
      seeded.seeded(HttpFaultProxy.ANY, seed, 0.5, HttpFault.INTERNAL_SERVER_ERROR);
      RawDynamo caller = new RawDynamo(seeded.endpoint(), "key");
      List<Integer> statuses = new ArrayList<>();
      for (int call = 0; call < 20; call++) {
        statuses.add(caller.send(SCAN, "{}").status());
      }
      return statuses;
    }
  }

  private static String said(RawDynamo.Result result) {
    return result.status() + " " + result.type();
  }
}
