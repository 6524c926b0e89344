package io.nimoshake.testkit.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.fault.TcpFault.Side;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In front of a server that sends back what it gets. */
class FaultProxyTest {
  /** Never reached, unless the proxy does not do what a test waits for. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final byte[] TEN = "0123456789".getBytes(StandardCharsets.US_ASCII);

  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger received = new AtomicInteger();
  private ServerSocket server;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(
        () -> {
          while (true) {
            Socket socket = server.accept();
            accepted.incrementAndGet();
            daemon(() -> sendBack(socket));
          }
        });
    proxy = FaultProxy.to("127.0.0.1", server.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  @Test
  void passesEverythingOnByDefault() throws IOException {
    try (Socket socket = connect()) {
      assertArrayEquals(TEN, echo(socket, 10));
      assertEquals(1, proxy.openConnections());
    }
    assertEquals(Map.of(), proxy.injected());
    Awaitility.await().atMost(LIMIT).until(() -> proxy.openConnections() == 0);
  }

  @Test
  void refusesOneConnectionAndTakesTheNext() throws IOException {
    proxy.onNextConnections(new TcpFault.Refuse());

    assertThrows(
        IOException.class,
        () -> {
          try (Socket socket = connect()) {
            echo(socket, 1);
          }
        });
    try (Socket socket = connect()) {
      assertArrayEquals(TEN, echo(socket, 10));
    }
    assertEquals(1, accepted.get());
    assertEquals(Map.of("refuse", 1L), proxy.injected());
  }

  @Test
  void cutsAReplyAfterSoManyBytes() throws IOException {
    proxy.onNextConnections(new TcpFault.Cut(Side.REPLY, 14));

    try (Socket socket = connect()) {
      assertArrayEquals(TEN, echo(socket, 10));
      socket.getOutputStream().write(TEN);
      assertArrayEquals(
          "0123".getBytes(StandardCharsets.US_ASCII), socket.getInputStream().readAllBytes());
    }
    assertEquals(Map.of("cut", 1L), proxy.injected());
  }

  @Test
  void resetsWithinARequest() throws IOException {
    proxy.onNextConnections(new TcpFault.Reset(Side.REQUEST, 4));

    try (Socket socket = connect()) {
      // A reset may overtake what was sent back before.
      assertThrows(IOException.class, () -> echo(socket, 5));
    }
    assertTrue(received.get() <= 4);
    assertEquals(Map.of("reset", 1L), proxy.injected());
  }

  @Test
  void givesHalfAReply() throws IOException {
    proxy.onNextConnections(new TcpFault.HalfReply());

    try (Socket socket = connect()) {
      assertThrows(IOException.class, () -> echo(socket, 6));
    }
    assertEquals(Map.of("half_reply", 1L), proxy.injected());
  }

  @Test
  void delaysAReply() throws IOException {
    Duration delay = Duration.ofMillis(30);
    proxy.onNextConnections(new TcpFault.Delay(delay));

    try (Socket socket = connect()) {
      long begin = System.nanoTime();
      assertArrayEquals(TEN, echo(socket, 10));
      assertTrue(System.nanoTime() - begin >= delay.toNanos());
    }
    assertEquals(Map.of("delay", 1L), proxy.injected());
  }

  @Test
  void isDownUntilItIsUpAgain() throws IOException {
    try (Socket socket = connect()) {
      assertArrayEquals(TEN, echo(socket, 10));

      proxy.down();

      assertThrows(IOException.class, () -> echo(socket, 1));
      assertThrows(IOException.class, this::connect);
    }
    proxy.up();
    try (Socket socket = connect()) {
      assertArrayEquals(TEN, echo(socket, 10));
    }
    assertEquals(Map.of("down", 1L, "reset", 1L), proxy.injected());
  }

  @Test
  void aSeedStrikesTheSamePiecesAgain() throws IOException {
    List<Integer> once = echoesUntilStruck(3);

    assertEquals(once, echoesUntilStruck(3));
    assertTrue(once.stream().distinct().count() > 1, once.toString());
  }

  @Test
  void healsOnDemand() throws IOException {
    proxy.onNextConnections(new TcpFault.Refuse()).seeded(1, 1, new TcpFault.HalfReply());

    proxy.heal();

    try (Socket socket = connect()) {
      assertArrayEquals(TEN, echo(socket, 10));
    }
    assertEquals(Map.of(), proxy.injected());
  }

  /** Of each of ten connections, how many exchanges went well before it was cut. */
  private List<Integer> echoesUntilStruck(long seed) throws IOException {
    try (FaultProxy seeded =
        FaultProxy.to("127.0.0.1", server.getLocalPort())
            .seeded(seed, 0.2, new TcpFault.Cut(Side.REPLY, 0))) {
      List<Integer> counts = new ArrayList<>();
      for (int connection = 0; connection < 10; connection++) {
        int echoes = 0;
        try (Socket socket = new Socket("127.0.0.1", seeded.port())) {
          while (answers(socket)) {
            echoes++;
          }
        }
        counts.add(echoes);
      }
      assertEquals(Map.of("cut", 10L), seeded.injected());
      return counts;
    }
  }

  private static boolean answers(Socket socket) {
    try {
      echo(socket, 10);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", proxy.port());
    socket.setSoTimeout((int) LIMIT.toMillis());
    return socket;
  }

  /** Sends ten bytes and reads as many of the reply as asked for, or fails. */
  private static byte[] echo(Socket socket, int bytes) throws IOException {
    socket.getOutputStream().write(TEN);
    return readFully(socket, bytes);
  }

  private static byte[] readFully(Socket socket, int bytes) throws IOException {
    byte[] read = new byte[bytes];
    new DataInputStream(socket.getInputStream()).readFully(read);
    return read;
  }

  private void sendBack(Socket socket) throws IOException {
    byte[] piece = new byte[100];
    int length = socket.getInputStream().read(piece);
    while (length >= 0) {
      received.addAndGet(length);
      socket.getOutputStream().write(piece, 0, length);
      length = socket.getInputStream().read(piece);
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void daemon(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // The socket was closed: the test is over, or the proxy did its work.
                return;
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
