package io.nimoshake.app.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.setup.config.Configuration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** The interface on a real socket, in front of a sync whose state is given. */
abstract class HttpFixture {
  static final Instant RECORD = Instant.parse("2026-01-02T03:04:05.678Z");

  /** Rather than wait for ever for the end of what should have been refused. */
  static final int LIMIT_MILLIS = 120_000;

  /** Looked at by a thread of the interface too. */
  final List<TableView> tables = new CopyOnWriteArrayList<>();

  final ObjectMapper json = new ObjectMapper();
  volatile boolean stopping;
  volatile Optional<String> nothingSelected = Optional.empty();
  HttpInterface http;
  private Observer observer;
  int port;

  @AfterEach
  void close() {
    if (http != null) {
      http.close();
      observer.close();
    }
  }

  BufferedReader events(Socket socket) throws IOException {
    socket.setSoTimeout(LIMIT_MILLIS);
    socket
        .getOutputStream()
        .write(
            ("GET /api/v1/events HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  void start(Map<String, String> environment) throws Exception {
    Configuration configuration = GivenConfiguration.least(environment);
    SyncMonitor monitor =
        new GivenMonitor(
            () -> GivenTable.sync(tables, stopping, 0), 9, Map.of(), () -> nothingSelected);
    observer = new Observer(monitor);
    http = new HttpInterface(configuration, observer, "test 1");
    port = http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  TableStats table(String name, TableState state, Long items, SplitState... splits) {
    TableStats stats = new TableStats();
    GivenTable table = GivenTable.of(name, state).stats(stats).splits(splits);
    tables.add((items == null ? table : table.items(items)).view());
    return stats;
  }

  static SplitState shard(String id, Progress progress) {
    return shard(id, progress, Position.after("1"));
  }

  static SplitState shard(String id, Progress progress, Position position) {
    return new SplitState(
        new Split.StreamShard("t", "arn", id, Set.of("parent"), Optional.empty(), Instant.MIN),
        progress,
        position,
        Optional.of(RECORD),
        RECORD.plusSeconds(1));
  }

  record Answer(int status, String head, String body) {}

  Answer get(String path) throws Exception {
    return request("GET", path, "Host: localhost:" + port + "\r\n", "");
  }

  Answer post(String path, String body) throws Exception {
    return request(
        "POST", path, "Host: [::1]:" + port + "\r\nContent-Type: application/json\r\n", body);
  }

  /** By hand, as a client of the JDK would not send what an attacker does. */
  Answer request(String method, String path, String headers, String body) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\n"
            + headers
            + "Connection: close\r\nContent-Length: "
            + bytes.length
            + "\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.UTF_8));
      out.write(bytes);
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String[] parts = answer.split("\r\n\r\n", 2);
      return new Answer(Integer.parseInt(parts[0].split(" ")[1]), parts[0], parts[1]);
    }
  }
}
