package io.nimoshake.flink;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.GeneralKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonValue;
import org.bson.json.JsonParseException;

/**
 * Reads the configuration of a job from its arguments, from the environment, and from the runtime
 * properties of Amazon's managed service.
 */
final class JobArguments {
  /**
   * Where Amazon Managed Service for Apache Flink puts the runtime properties of an application: a
   * JSON array of groups, each with {@code PropertyGroupId} and {@code PropertyMap}. Its library
   * {@code aws-kinesisanalytics-runtime} reads the same file.
   */
  static final Path RUNTIME_PROPERTIES = Path.of("/etc/flink/application_properties.json");

  /** The group of properties that belongs to this job. */
  private static final String GROUP = "nimo-shake";

  private static final String USE = ": use --conf-file FILE and --set key=value";

  private JobArguments() {}

  /**
   * @param properties the file of runtime properties; it need not exist
   * @throws ConfigurationException with every problem of the configuration, or the first of the
   *     arguments
   */
  static Configuration read(String[] args, Map<String, String> environment, Path properties)
      throws ConfigurationException {
    Optional<Path> file = Optional.empty();
    List<String> overrides = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      boolean attached = args[i].contains("=");
      String name = args[i].replaceFirst("=.*", "").replaceFirst("^--?", "");
      if (!attached && i + 1 == args.length) {
        throw new ConfigurationException(args[i] + ": needs a value after it");
      }
      String value = attached ? args[i].substring(args[i].indexOf('=') + 1) : args[++i];
      switch (name) {
        // The scripts of an application cluster take --conf for their own --configDir.
        case "conf-file", "conf" -> file = Optional.of(Path.of(value));
        case "set" -> overrides.add(value);
        default ->
            throw new ConfigurationException(
                "unknown option " + (attached ? "--" + name : args[i - 1]) + USE);
      }
    }
    Configuration read =
        Configuration.load(file, runtimeProperties(properties), environment, overrides);
    if (read.get(GeneralKeys.SYNC_MODE) == Mode.BACK) {
      throw new ConfigurationException(
          GeneralKeys.SYNC_MODE.name()
              + " = back: a Flink job has no way back: run nimo-shake sync for it");
    }
    return read;
  }

  private static Map<String, String> runtimeProperties(Path file) throws ConfigurationException {
    String json;
    try {
      json = Files.readString(file);
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException e) {
      throw new ConfigurationException(file + ": cannot be read: " + e.getMessage());
    }
    Map<String, String> properties = new HashMap<>();
    try {
      for (BsonValue value : BsonArray.parse(json)) {
        BsonDocument group = value.asDocument();
        if (group.getString("PropertyGroupId").getValue().equals(GROUP)) {
          group
              .getDocument("PropertyMap")
              .forEach((name, text) -> properties.put(name, text.asString().getValue()));
        }
      }
    } catch (JsonParseException | BsonInvalidOperationException e) {
      throw new ConfigurationException(
          file + ": is not a list of property groups as the service writes it: " + e.getMessage());
    }
    return properties;
  }
}
