package io.nimoshake.testkit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Speaks MongoDB's wire protocol to the child, without a driver. */
class MongoServerTest {
  @Test
  void answersAPing() throws IOException {
    try (MongoServer server = MongoServer.start()) {
      assertEquals("mongodb://127.0.0.1:" + server.port(), server.uri());

      String reply = command(server.port(), "ping");

      assertTrue(reply.contains("ok"), reply);
      assertFalse(reply.contains("errmsg"), reply);
    }
  }

  @Test
  void theChildIsGoneOnceClosed() {
    MongoServer server = MongoServer.start();
    long pid = server.pid();

    server.close();

    assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
  }

  /** OP_MSG with the body {name: 1, $db: "admin"}; gives the reply's bytes as Latin-1. */
  private static String command(int port, String name) throws IOException {
    byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] db = "$db\0".getBytes(StandardCharsets.US_ASCII);
    byte[] admin = "admin\0".getBytes(StandardCharsets.US_ASCII);
    int documentBytes = 4 + 1 + nameBytes.length + 4 + 1 + db.length + 4 + admin.length + 1;
    ByteBuffer message =
        ByteBuffer.allocate(16 + 4 + 1 + documentBytes).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(message.capacity()).putInt(1).putInt(0).putInt(2013).putInt(0).put((byte) 0);
    message.putInt(documentBytes).put((byte) 0x10).put(nameBytes).putInt(1);
    message.put((byte) 0x02).put(db).putInt(admin.length).put(admin).put((byte) 0);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write(message.array());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] rest = new byte[Integer.reverseBytes(in.readInt()) - 4];
      in.readFully(rest);
      return new String(rest, StandardCharsets.ISO_8859_1);
    }
  }
}
