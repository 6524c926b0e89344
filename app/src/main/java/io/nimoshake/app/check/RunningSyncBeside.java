package io.nimoshake.app.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The sync with the same {@code id}. Its lease says whether it runs, its checkpoint says which
 * tables are copied, and its HTTP interface says how far it is behind. Changes nothing.
 */
public final class RunningSyncBeside implements SyncBeside {
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final CheckpointStore store;
  private final Optional<URI> status;
  private final Optional<String> token;
  private final Duration limit;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param status the address of {@code /api/v1/status}, if the sync has one
   * @param token the bearer token of the HTTP interface
   */
  public RunningSyncBeside(CheckpointStore store, Optional<URI> status, Optional<String> token) {
    this(store, status, token, LIMIT);
  }

  RunningSyncBeside(
      CheckpointStore store, Optional<URI> status, Optional<String> token, Duration limit) {
    this.store = store;
    this.status = status;
    this.token = token;
    this.limit = limit;
  }

  @Override
  public boolean isRunning() throws Fault {
    return store.lease().filter(RunningSyncBeside::isAlive).isPresent();
  }

  private static boolean isAlive(Lease lease) {
    if (!Instant.now().isBefore(lease.expires())) {
      return false;
    }
    try {
      if (!InetAddress.getLocalHost().getHostName().equals(lease.host())) {
        return true;
      }
    } catch (UnknownHostException e) {
      return true; // The sync may run on another machine; its lease says that it is alive.
    }
    return ProcessHandle.of(lease.pid()).map(ProcessHandle::isAlive).orElse(false);
  }

  @Override
  public boolean isCopying(String table) throws Fault {
    for (CheckpointEntry entry : store.load()) {
      if (entry instanceof OfTable of && of.table().equals(table)) {
        return of.phase() != Phase.COPIED && !of.beside();
      }
    }
    return false;
  }

  @Override
  public Optional<Duration> lag(String table) throws Fault {
    if (status.isEmpty()) {
      return Optional.empty();
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(status.get()).timeout(limit);
    token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
    try {
      HttpResponse<byte[]> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        return Optional.empty();
      }
      for (JsonNode each : json.readTree(answer.body()).path("tables")) {
        JsonNode lag = each.path("lag_seconds");
        if (each.path("name").asText().equals(table) && lag.isNumber()) {
          return Optional.of(Duration.ofMillis((long) (lag.asDouble() * 1000)));
        }
      }
      return Optional.empty();
    } catch (ConnectException | HttpConnectTimeoutException | JsonProcessingException e) {
      return Optional.empty(); // nobody is there, or somebody else
    } catch (IOException e) {
      // Who is there is too busy to say, or ends or begins just now.
      return Optional.of(ChronoUnit.FOREVER.getDuration());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault.Fatal("interrupted", e);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
