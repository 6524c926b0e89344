package io.nimoshake.mongodb.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.mongodb.write.MongoTarget;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.testkit.server.MongoServer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

class MongoConnectionTest {
  @Test
  void aServerThatIsNotThereIsOneLineWithTheReason() {
    String uri = "mongodb://user:secret@127.0.0.1:1";
    Fault fault =
        assertThrows(
            Fault.Transient.class,
            () -> MongoConnection.check("target", uri, "db", false, Duration.ofSeconds(3)));
    String message = fault.getMessage();
    assertTrue(message.startsWith("target MongoDB at 127.0.0.1:1 "), message);
    assertTrue(message.contains("does not answer within 3000 ms"), message);
    assertTrue(message.contains("refused"), message);
    assertFalse(message.contains("secret") || message.contains("\n"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://user:secret@host:port",
        "mongodb://user:se@cret@host",
        "mongodb://user:secret/more@host",
        "mongodb://user:secret@more@host:27017",
        "mongodb+srv://user:secret@one,two",
        "user:secret@host",
        "mongodb://user:secret@host/?w=x&authMechanism=none"
      })
  void aMalformedAddressIsFatalAndKeepsTheSecret(String uri) {
    Fault fault = assertThrows(Fault.Fatal.class, () -> MongoConnection.open(uri));
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      assertFalse(cause.toString().contains("secret"), cause.toString());
    }
  }

  @Test
  void aServerThatGoesAwayIsTransient() throws Fault {
    MongoServer server = MongoServer.start(128);
    try (MongoTarget target =
        new MongoTarget(
            new MongoTargetSettings(
                server.uri() + "/?serverSelectionTimeoutMS=3000",
                "db",
                IdLayout.KEY,
                false,
                new FieldNames(true, "pre"),
                false,
                true),
            Clock.systemUTC())) {
      target.check(Duration.ofMinutes(1));
      TableSchema table =
          new TableSchema(
              "t", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);
      target.prepare(table, Existing.DROP);
      server.close();
      assertThrows(Fault.Transient.class, () -> target.prepare(table, Existing.DROP));
      assertThrows(Fault.Transient.class, () -> target.purgeTombstones(table));
    } finally {
      server.close();
    }
  }

  /** The driver loads these libraries when it first sends a message. */
  @Test
  void theLibrariesOfTheCompressorsWork() throws Exception {
    byte[] text = "compressed ".repeat(100).getBytes(StandardCharsets.UTF_8);

    assertArrayEquals(text, Snappy.uncompress(Snappy.compress(text)));
    assertArrayEquals(text, Zstd.decompress(Zstd.compress(text), text.length));
    for (String name : List.of("zstd", "snappy", "zlib", "zstd,snappy,zlib")) {
      MongoConnection.open("mongodb://127.0.0.1:1/?compressors=" + name).close();
    }
  }

  @Test
  void settingsDoNotShowCredentials() {
    String shown =
        new MongoTargetSettings(
                "mongodb://user:secret@host/?replicaSet=rs",
                "db",
                IdLayout.KEY,
                false,
                new FieldNames(true, "pre"),
                false,
                true)
            .toString();
    assertEquals("MongoTargetSettings[mongodb://user:***@host/?replicaSet=rs, db]", shown);
  }
}
