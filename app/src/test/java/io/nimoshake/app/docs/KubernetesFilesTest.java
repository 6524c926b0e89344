package io.nimoshake.app.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.program.Version;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.ConfigKeys;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart and the manifests of packaging/ fit this program: versions, keys and secrets. What
 * {@code .ci/charts} checks with Helm and the schemas of Kubernetes is not checked again.
 */
class KubernetesFilesTest {
  private static final Path CHART = Page.ROOT.resolve("packaging/helm/nimo-shake");
  private static final Path PLAIN = Page.ROOT.resolve("packaging/kubernetes");
  private static final String VERSION = Version.line().replaceFirst("nimo-shake ", "");

  /** They hold a secret, or may hold one. */
  private static final Set<String> SECRET_ADDRESSES =
      Set.of("target.address", "checkpoint.address");

  /** The chart sets them itself. */
  private static final Set<String> FIXED =
      Set.of("http.address", "full_sync.http_port", "mapping.file");

  @TempDir private Path directory;

  @Test
  void theVersionIsThatOfTheProgram() throws Exception {
    assertTrue(
        Files.readString(CHART.resolve("Chart.yaml")).contains("\nappVersion: " + VERSION + "\n"));
    String image = "image: \"registry.example.com/nimo-shake:" + VERSION + "\"";
    assertTrue(Files.readString(PLAIN.resolve("nimo-shake.yaml")).contains(image), image);
  }

  @Test
  void allSecretKeysAreSecretsOfTheChart() throws Exception {
    JsonNode properties =
        new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile()).get("properties");
    Set<String> secret =
        ConfigKeys.ALL.stream()
            .filter(key -> key.secret() || SECRET_ADDRESSES.contains(key.name()))
            .map(ConfigKey::name)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> secrets = new TreeSet<>();
    properties.get("secrets").get("properties").fieldNames().forEachRemaining(secrets::add);
    assertEquals(secret, secrets);
    secret.addAll(FIXED);
    Set<String> refused = new TreeSet<>();
    properties
        .get("config")
        .get("propertyNames")
        .get("not")
        .get("enum")
        .forEach(name -> refused.add(name.textValue()));
    assertEquals(secret, refused);
  }

  @Test
  void theConfigurationOfTheManifestsLoads() throws Exception {
    for (String name : List.of("nimo-shake.yaml", "flink.yaml")) {
      String text = Files.readString(PLAIN.resolve(name));
      Path mapping =
          Files.writeString(directory.resolve("mapping.yaml"), "version: 1\ntables: {}\n");
      String conf =
          block(text, "nimo-shake.conf").replace("/etc/nimo-shake/mapping.yaml", "" + mapping);
      Path file = Files.writeString(directory.resolve("nimo-shake.conf"), conf);
      Configuration.load(Optional.of(file), environment(text), List.of());
    }
  }

  /** The lines below {@code name: |}. */
  private static String block(String yaml, String name) {
    Matcher found = Pattern.compile(Pattern.quote(name) + ": \\|\n((?: {4}.*\n)+)").matcher(yaml);
    assertTrue(found.find(), name);
    return found.group(1).replaceAll("(?m)^ {4}", "");
  }

  /** The environment variables of the Secret. */
  private static Map<String, String> environment(String yaml) {
    return Pattern.compile("(?m)^  (NIMO_SHAKE_\\w+): \"?([^\"\n]+)\"?$")
        .matcher(yaml)
        .results()
        .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2)));
  }
}
