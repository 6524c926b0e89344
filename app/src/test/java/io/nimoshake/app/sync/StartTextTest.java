package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.setup.config.Configuration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a sync says first, and what it says only to those who come from the Go tool. */
class StartTextTest {
  @Test
  void saysWhatFromToAndHow() throws Exception {
    assertEquals(
        List.of(
            "nimo-shake 1, id shop, process " + ProcessHandle.current().pid() + ": all tables",
            "  from: DynamoDB in eu-west-1",
            "  to:   MongoDB at h1:1, h2:2, database shop",
            "  mode: copy and follow the streams at the same time"),
        lines("target.address=mongodb://u:secret@h1:1,h2:2/?replicaSet=rs"));
    List<String> others =
        lines(
            "target.type=dynamodb",
            "target.address=http://proxy:9",
            "sync_mode=full",
            "source.endpoint_url=http://localhost:8000",
            "filter.collection.white=a;b;c*;d;e;f;g");
    assertTrue(others.get(0).endsWith(": a, b, c*, d, e and 2 more"), others.get(0));
    assertEquals("  from: DynamoDB at http://localhost:8000", others.get(1));
    assertEquals("  to:   DynamoDB at http://proxy:9", others.get(2));
    assertEquals("  mode: copy, then end", others.get(3));
    List<String> without = lines("target.address=mongodb://h", "filter.collection.black=logs*");
    assertTrue(without.get(0).endsWith(": all tables but not logs*"), without.get(0));
  }

  @Test
  void saysWhereThePageIs() throws Exception {
    InetAddress local = InetAddress.getByName("127.0.0.1");
    assertEquals(
        "  page: http://127.0.0.1:9341/, also on port 9340",
        StartText.page(
            List.of(new InetSocketAddress(local, 9341), new InetSocketAddress(local, 9340))));
    assertEquals(
        "  page: http://[0:0:0:0:0:0:0:1]:80/",
        StartText.page(List.of(new InetSocketAddress(InetAddress.getByName("::1"), 80))));
    assertTrue(StartText.page(List.of()).startsWith("  page: none"));
  }

  @Test
  void onlyAFileWithAKeyOfTheGoToolIsOne() throws Exception {
    assertFalse(load("target.address=mongodb://h").isOfGoTool());
    assertTrue(load("target.address=mongodb://h", "conf.version=4").isOfGoTool());
    assertTrue(load("target.address=mongodb://h", "log.buffer=true").isOfGoTool());
  }

  private static List<String> lines(String... settings) throws Exception {
    return new StartText(load(settings)).lines("nimo-shake 1");
  }

  private static Configuration load(String... settings) throws Exception {
    Map<String, String> environment = new HashMap<>();
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      environment.put(
          "NIMO_SHAKE_" + parts[0].replace('.', '_').toUpperCase(Locale.ROOT), parts[1]);
    }
    List<String> usual = List.of("id=shop", "source.region=eu-west-1");
    return Configuration.load(Optional.empty(), environment, usual);
  }
}
