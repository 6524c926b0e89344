package io.nimoshake.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.GeneralKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobArgumentsTest {
  @TempDir private Path directory;
  private Path conf;
  private Path properties;

  @BeforeEach
  void write() throws IOException {
    conf = directory.resolve("nimo-shake.conf");
    Files.writeString(conf, "id = of_file\ntarget.address = mongodb://h\n");
    properties = directory.resolve("application_properties.json");
  }

  private Configuration read(String... args) throws ConfigurationException {
    return JobArguments.read(args, Map.of(), properties);
  }

  private String refused(String... args) {
    return assertThrows(ConfigurationException.class, () -> read(args)).getMessage();
  }

  private void runtime(String json) throws IOException {
    Files.writeString(properties, json);
  }

  @Test
  void theFileHasTwoNamesAndOneThatFlinkDoesNotTake() throws Exception {
    for (String name : new String[] {"--conf-file", "-conf-file", "--conf", "-conf"}) {
      assertEquals("of_file", read(name, conf.toString()).get(GeneralKeys.ID));
      assertEquals("of_file", read(name + "=" + conf).get(GeneralKeys.ID));
    }
  }

  @Test
  void laterSourcesOverrideEarlierOnes() throws Exception {
    String[] args = {"--conf-file", conf.toString()};
    runtime("[{'PropertyGroupId':'nimo-shake','PropertyMap':{'id':'of_runtime'}}]");
    assertEquals("of_runtime", read(args).get(GeneralKeys.ID));
    assertEquals(
        "of_environment",
        JobArguments.read(args, Map.of("NIMO_SHAKE_ID", "of_environment"), properties)
            .get(GeneralKeys.ID));
    assertEquals(
        "of_argument",
        read("--conf-file", conf.toString(), "--set=id=x", "--set", "id=of_argument")
            .get(GeneralKeys.ID));
  }

  @Test
  void aJobHasNoWayBack() {
    assertEquals(
        "sync_mode = back: a Flink job has no way back: run nimo-shake sync for it",
        refused("--conf-file", conf.toString(), "--set", "sync_mode=back"));
  }

  @Test
  void groupsOfOthersAreNotRead() throws Exception {
    runtime(
        "[{'PropertyGroupId':'other','PropertyMap':{'id':'wrong', 'x': 'y'}},"
            + "{'PropertyGroupId':'nimo-shake','PropertyMap':"
            + "{'id':'right','target.address':'mongodb://u:p@h'}}]");
    assertEquals("right", read().get(GeneralKeys.ID));
  }

  @Test
  void eachMistakeHasAClearLine() throws Exception {
    assertEquals("--conf-file: needs a value after it", refused("--conf-file"));
    assertEquals(
        "unknown option --file: use --conf-file FILE and --set key=value", refused("--file", "x"));
    // A value may be a secret, so it is not repeated.
    assertEquals(
        "unknown option --password: use --conf-file FILE and --set key=value",
        refused("--password=x"));
    runtime("[{'PropertyGroupId':'nimo-shake','PropertyMap':{'idd':'x'}}]");
    String unknown = refused("--conf-file", conf.toString());
    assertTrue(unknown.contains("runtime property: there is no key idd"), unknown);
    for (String wrong : new String[] {"{", "[1]", "[{'PropertyGroupId':1}]", "[{}]"}) {
      runtime(wrong);
      String message = refused("--conf-file", conf.toString());
      assertTrue(message.startsWith(properties + ": is not a list of property groups"), message);
    }
  }
}
