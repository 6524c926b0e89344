package io.nimoshake.dynamodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.fault.FailedCalls.Call;
import io.nimoshake.core.fault.FailedCalls.Kind;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** What fails is counted, whether or not the caller hears of it. */
class FailedAttemptsTest {
  private HttpFaultProxy proxy;

  @BeforeEach
  void start() {
    proxy = HttpFaultProxy.to(Servers.local().endpoint());
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  private DynamoSettings settings(int retries) {
    return Servers.settings(proxy.endpoint(), "failedAttempts").withMaxRetries(retries);
  }

  @Test
  void countsTheTriesThatTheSdkHides() {
    proxy
        .onNth("ListTables", 1, HttpFault.THROTTLING)
        .onNth("ListTables", 3, HttpFault.INTERNAL_SERVER_ERROR)
        .onNth("ListTables", 5, HttpFault.DROP_BEFORE)
        .onNth("ListTables", 7, HttpFault.HALF_ANSWER)
        .onNth("ListTables", 9, HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED);
    try (DynamoClients clients = Servers.clients(settings(1))) {
      for (int call = 0; call < 5; call++) {
        clients.tables().listTables();
      }
      assertEquals(
          Map.of(
              new Call("ListTables", Kind.THROTTLED), 2L,
              new Call("ListTables", Kind.SERVER_ERROR), 1L,
              new Call("ListTables", Kind.CONNECTION), 1L,
              new Call("ListTables", Kind.UNREADABLE), 1L),
          clients.failedCalls().counts());
    }
  }

  @Test
  void countsWhatTheCallerHearsOf() {
    proxy
        .onNth("ListStreams", 1, HttpFault.ACCESS_DENIED)
        .onNth("ListStreams", 2, HttpFault.LIMIT_EXCEEDED)
        .onNth("ListTables", 1, new HttpFault.Delay(Duration.ofSeconds(5)));
    DynamoSettings impatient =
        settings(0).withTimeouts(Duration.ofMillis(200), Duration.ofSeconds(5));
    try (DynamoClients clients = Servers.clients(settings(0));
        DynamoClients hasty = Servers.clients(impatient)) {
      assertThrows(DynamoDbException.class, () -> clients.streams().listStreams());
      assertThrows(DynamoDbException.class, () -> clients.streams().listStreams());
      assertEquals(
          Map.of(
              new Call("ListStreams", Kind.REFUSED), 1L,
              new Call("ListStreams", Kind.THROTTLED), 1L),
          clients.failedCalls().counts());
      assertThrows(Exception.class, () -> hasty.tables().listTables());
      assertEquals(Map.of(new Call("ListTables", Kind.TIMEOUT), 1L), hasty.failedCalls().counts());
    }
  }

  @Test
  void countsNothingWhereNothingFails() {
    try (DynamoClients clients = Servers.clients(settings(0))) {
      clients.tables().listTables();
      assertEquals(Map.of(), clients.failedCalls().counts());
    }
  }
}
