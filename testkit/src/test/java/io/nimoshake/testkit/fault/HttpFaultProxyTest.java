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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpFaultProxyTest {
  private static final String PUT = "DynamoDB_20120810.PutItem";
  private static final String BATCH = "DynamoDB_20120810.BatchWriteItem";
  private static final String SCAN = "DynamoDB_20120810.Scan";
  private static final String DESCRIBE = "DynamoDB_20120810.DescribeTable";
  private static final String ITERATOR = "DynamoDBStreams_20120810.GetShardIterator";
  private static final String RECORDS = "DynamoDBStreams_20120810.GetRecords";
  private static final DateTimeFormatter SIGNED_AT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final AtomicInteger effects = new AtomicInteger();
  private final List<String> seen = new CopyOnWriteArrayList<>();

  /** What the server answers, if a test says so. */
  private final AtomicReference<String> issued = new AtomicReference<>("");

  private final Gateway server =
      Gateway.start(
          URI.create("http://127.0.0.1:1"),
          (call, upstream) -> {
            effects.incrementAndGet();
            seen.add(new String(call.body(), StandardCharsets.UTF_8));
            String body =
                issued.get().isEmpty() ? "{\"did\":\"" + call.operation() + "\"}" : issued.get();
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

  @Test
  void strikesSoManyCallsAndNoMore() throws Exception {
    Injection twice = proxy.fail("Scan").after(1).times(2).with(HttpFault.SERVICE_UNAVAILABLE);

    List<Integer> statuses = new ArrayList<>();
    for (int call = 0; call < 5; call++) {
      statuses.add(client.send(SCAN, "{}").status());
    }

    assertEquals(List.of(200, 503, 503, 200, 200), statuses);
    assertEquals(2, twice.count());
  }

  @Test
  void strikesOnlyCallsAboutATable() throws Exception {
    proxy.fail(HttpFaultProxy.ANY).table("orders").with(HttpFault.RESOURCE_NOT_FOUND);

    String arn = "arn:aws:dynamodb:us-east-1:0:table/orders/stream/2026";
    for (String about :
        List.of(
            "{'TableName':'orders'}",
            "{'RequestItems':{'orders':[]}}",
            "{'StreamArn':'" + arn + "'}",
            "{'StreamArn':'" + arn + "','ShardId':'s1'}")) {
      assertEquals("400 ResourceNotFoundException", said(client.send(SCAN, about)), about);
    }
    for (String other : List.of("{'TableName':'orders2'}", "{}", "{'Text':'orders'}")) {
      assertEquals(200, client.send(SCAN, other).status(), other);
    }
  }

  @Test
  void knowsTheShardOfAnIterator() throws Exception {
    issued.set("{\"ShardIterator\":\"first\"}");
    client.send(ITERATOR, "{'StreamArn':'a:table/t/stream/x','ShardId':'s1'}");
    issued.set("{\"Records\":[],\"NextShardIterator\":\"second\"}");
    client.send(RECORDS, "{'ShardIterator':'first'}");
    proxy.fail("GetRecords").shard("s1").table("t").with(HttpFault.TRIMMED_DATA_ACCESS);
    proxy.fail("GetShardIterator").shard("s2").once().with(HttpFault.RESOURCE_NOT_FOUND);

    assertEquals(
        "400 TrimmedDataAccessException", said(client.send(RECORDS, "{'ShardIterator':'second'}")));
    assertEquals(200, client.send(RECORDS, "{'ShardIterator':'unknown'}").status());
    String ofSecond = "{'StreamArn':'a:table/t/stream/x','ShardId':'s2'}";
    assertEquals("400 ResourceNotFoundException", said(client.send(ITERATOR, ofSecond)));
    assertEquals(200, client.send(ITERATOR, ofSecond).status());
  }

  @Test
  void strikesOnlyCallsThatMentionSomething() throws Exception {
    proxy.fail("Scan").mentioning("needle").with(HttpFault.EXPIRED_ITERATOR);

    assertEquals(400, client.send(SCAN, "{'a':'a needle here'}").status());
    assertEquals(200, client.send(SCAN, "{'a':'nothing here'}").status());
  }

  @Test
  void saysThatATableHasAnotherStatus() throws Exception {
    issued.set("{\"Table\":{\"TableName\":\"t\",\"TableStatus\":\"ACTIVE\"}}");
    proxy.fail("DescribeTable").once().with(HttpFault.tableStatus("ARCHIVED"));

    assertEquals(
        "{'TableName':'t','TableStatus':'ARCHIVED'}".replace('\'', '"'),
        client.send(DESCRIBE, "{}").body().path("Table").toString());
    assertEquals("ACTIVE", client.send(DESCRIBE, "{}").body().at("/Table/TableStatus").asText());
    assertEquals(Map.of("table_status_ARCHIVED", 1L), proxy.injected());
  }

  @Test
  void changesAnAnswerButNotARefusal() throws Exception {
    HttpFault more = HttpFault.edit("more", body -> body.put("more", true));
    proxy.fail("Scan").nth(1).with(more);
    assertTrue(client.send(SCAN, "{}").body().path("more").asBoolean());
    proxy.heal();

    try (HttpFaultProxy before = HttpFaultProxy.to(proxy.endpoint())) {
      proxy.fail("Scan").with(HttpFault.THROTTLING);
      before.fail("Scan").with(more);
      RawDynamo caller = new RawDynamo(before.endpoint(), "key");
      assertEquals("400 ThrottlingException", said(caller.send(SCAN, "{}")));
    }
  }

  @Test
  void refusesWhatIsSignedByAnotherClockThanTheServices() throws Exception {
    Duration ahead = Duration.ofMinutes(20);
    proxy.fail(HttpFaultProxy.ANY).with(HttpFault.clockAhead(ahead));

    HttpResponse<String> refused = signedAt(Instant.now());
    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("InvalidSignatureException"), refused.body());
    Instant date = date(refused);
    assertTrue(date.isAfter(Instant.now().plus(ahead).minusSeconds(300)), date.toString());

    assertEquals(200, signedAt(date).statusCode());
    assertTrue(date(signedAt(date)).isAfter(Instant.now().plusSeconds(60)));
    proxy.heal();
    assertTrue(date(signedAt(Instant.now())).isBefore(Instant.now().plusSeconds(60)));
  }

  @Test
  void theClocksRefusalCanHaveAnotherName() throws Exception {
    proxy.fail("Scan").with(HttpFault.clockAhead(Duration.ofHours(-1), "RequestTimeTooSkewed"));

    assertTrue(signedAt(Instant.now()).body().contains("\"RequestTimeTooSkewed\""));
  }

  private HttpResponse<String> signedAt(Instant time) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(proxy.endpoint())
            .header("X-Amz-Target", SCAN)
            .header("X-Amz-Date", SIGNED_AT.format(time))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static Instant date(HttpResponse<?> response) {
    String date = response.headers().firstValue("Date").orElseThrow();
    return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
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
