package io.nimoshake.app.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.remote.NoSuchSyncException.Reason;
import io.nimoshake.setup.SyncIdentity;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.OperationKeys;
import io.nimoshake.setup.config.Redaction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Talks to the running sync of a configuration. Looks for it where its {@link RunningFile} says,
 * else at the ports of the configuration. Every answer must come from the sync with the same {@link
 * SyncIdentity}: two syncs on one machine may use each other's default ports. Not thread-safe.
 */
public final class SyncClient {
  /** A process on an overloaded machine is slow to answer, and that is when people ask. */
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;

  private final SyncIdentity identity;

  /** Answers show the id without secrets: it may contain the access key id. */
  private final Redaction redaction;

  private final OptionalLong pid;
  private final List<URI> places;
  private final Optional<String> token;
  private final Duration limit;
  private final HttpClient http;
  private final ObjectMapper json = new ObjectMapper();

  private SyncClient(
      SyncIdentity identity,
      Redaction redaction,
      OptionalLong pid,
      List<URI> places,
      Optional<String> token,
      Duration limit) {
    this.identity = identity;
    this.redaction = redaction;
    this.pid = pid;
    this.places = places;
    this.token = token;
    this.limit = limit;
    this.http = HttpClient.newBuilder().connectTimeout(limit).build();
  }

  public static SyncClient of(Configuration configuration) {
    return of(configuration, LIMIT);
  }

  /**
   * @param limit the longest time to wait for an answer
   */
  public static SyncClient of(Configuration configuration, Duration limit) {
    Optional<RunningFile.Content> running = RunningFile.read(configuration);
    return new SyncClient(
        SyncIdentity.of(configuration),
        configuration.redaction(),
        running.map(content -> OptionalLong.of(content.pid())).orElseGet(OptionalLong::empty),
        running
            .map(content -> content.listening().stream().map(SyncClient::uri).toList())
            .orElseGet(() -> configured(configuration)),
        configuration.find(OperationKeys.HTTP_TOKEN),
        limit);
  }

  private static List<URI> configured(Configuration configuration) {
    List<URI> places = new ArrayList<>();
    try {
      InetAddress address = InetAddress.getByName(configuration.get(OperationKeys.HTTP_ADDRESS));
      for (int port :
          List.of(
              configuration.get(OperationKeys.FULL_HTTP_PORT),
              configuration.get(OperationKeys.INCR_HTTP_PORT))) {
        if (port != 0) {
          places.add(uri(new InetSocketAddress(address, port)));
        }
      }
    } catch (UnknownHostException e) {
      // The address is of another machine, so the sync does not run on this one.
      return List.of();
    }
    return places;
  }

  private static URI uri(InetSocketAddress address) {
    String host =
        address.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress().getHostAddress()
            : address.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
  }

  /** The state of the sync, as {@code GET /api/v1/status} answers it. */
  public JsonNode status() throws NoSuchSyncException {
    if (places.isEmpty()) {
      throw notRunning("has no HTTP interface, or does not run on this machine", null);
    }
    NoSuchSyncException last = null;
    for (URI place : places) {
      try {
        return statusAt(place);
      } catch (NoSuchSyncException e) {
        if (e.reason() != Reason.NOT_RUNNING) {
          throw e;
        }
        last = e;
      }
    }
    throw last;
  }

  private JsonNode statusAt(URI place) throws NoSuchSyncException {
    JsonNode status = send(HttpRequest.newBuilder(place.resolve("/api/v1/status")).GET());
    String id = status.path("id").asText();
    boolean same =
        isShownAs(identity.id(), id)
            && isShownAs(identity.fingerprint(), status.path("fingerprint").asText())
            && (pid.isEmpty() || status.path("pid").asLong() == pid.getAsLong());
    if (!same) {
      String other = id.isEmpty() ? "another program" : "another sync, id " + id;
      String process = status.has("pid") ? ", process " + status.path("pid").asLong() : "";
      throw notRunning("does not answer: at " + place + " there is " + other + process, null);
    }
    return status;
  }

  private boolean isShownAs(String value, String shown) {
    return shown.equals(value) || shown.equals(redaction.apply(value));
  }

  /**
   * Asks the running sync for something.
   *
   * @param path such as {@code /api/v1/cutover}
   */
  public JsonNode get(String path) throws NoSuchSyncException {
    return first(place -> HttpRequest.newBuilder(place.resolve(path)).GET());
  }

  /**
   * Changes something in the running sync.
   *
   * @param path such as {@code /api/v1/pause}
   * @param body what the path expects
   */
  public JsonNode post(String path, Map<String, ?> body) throws NoSuchSyncException {
    String text;
    try {
      text = json.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of plain values", e);
    }
    return first(
        place ->
            HttpRequest.newBuilder(place.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(text)));
  }

  /** Sends a request to the first place where the sync runs. */
  private JsonNode first(Function<URI, HttpRequest.Builder> request) throws NoSuchSyncException {
    NoSuchSyncException last = notRunning("has no HTTP interface", null);
    for (URI place : places) {
      try {
        statusAt(place);
        return send(request.apply(place));
      } catch (NoSuchSyncException e) {
        if (e.reason() != Reason.NOT_RUNNING) {
          throw e;
        }
        last = e;
      }
    }
    throw last;
  }

  private JsonNode send(HttpRequest.Builder request) throws NoSuchSyncException {
    token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
    HttpRequest built = request.timeout(limit).build();
    URI place = built.uri().resolve("/");
    try {
      HttpResponse<String> answer = http.send(built, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == UNAUTHORIZED) {
        throw refused("the sync at " + place + " refuses http.token of this configuration");
      }
      JsonNode body = json.readTree(answer.body());
      if (body.has("error")) {
        throw refused("the sync at " + place + " answers: " + body.path("error").asText());
      }
      if (answer.statusCode() != OK) {
        throw otherProgram(place, null);
      }
      return body;
    } catch (ConnectException e) {
      throw notRunning("does not answer: no program listens at " + place, e);
    } catch (JsonProcessingException e) {
      throw otherProgram(place, e);
    } catch (IOException e) {
      // A time-out, even of the connection, or a broken connection: a process is there. It may be
      // overloaded, or it may just start or end.
      throw new NoSuchSyncException(
          Reason.BUSY,
          "sync " + identity.id() + " at " + place + " does not answer in time: " + e,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoSuchSyncException(Reason.BUSY, "interrupted", e);
    }
  }

  private NoSuchSyncException notRunning(String problem, Throwable cause) {
    return new NoSuchSyncException(
        Reason.NOT_RUNNING, "sync " + identity.id() + " " + problem + ": is it running?", cause);
  }

  private NoSuchSyncException otherProgram(URI place, Throwable cause) {
    return notRunning("does not answer: there is another program at " + place, cause);
  }

  private static NoSuchSyncException refused(String message) {
    return new NoSuchSyncException(Reason.REFUSED, message, null);
  }
}
