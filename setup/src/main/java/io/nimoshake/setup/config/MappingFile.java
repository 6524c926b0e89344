package io.nimoshake.setup.config;

import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.plugin.Collection;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A mapping file with its text. The text is read once, with the configuration, and travels with it:
 * another process, such as a worker of a Flink job, does not have the file.
 *
 * @param name how the user named the file
 */
public record MappingFile(String name, String text) {
  /** The value of the key in the file system of another machine: name, line end, text. */
  static final ValueType<MappingFile> TYPE =
      new ValueType<>("the name of a YAML file", MappingFile::of);

  /** A mapping that renames all tables, in one line of the configuration. */
  static final ValueType<MappingFile> OF_NAMES =
      new ValueType<>("a name such as new-${name}", MappingFile::ofNames);

  /** The mapping file of a configuration, or what stands for one. */
  public static Optional<MappingFile> of(Configuration configuration) {
    return configuration
        .find(TargetKeys.MAPPING_FILE)
        .or(() -> configuration.find(TargetKeys.TABLE));
  }

  private static MappingFile ofNames(String value) throws BadValue {
    String name =
        value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
            ? value.substring(1, value.length() - 1)
            : value;
    if (name.contains("\"") || name.contains("\\")) {
      throw new BadValue("a name cannot have a quote or a backslash");
    }
    String plain = name.replace(TableRules.NAME, "x");
    Optional<String> problem = Collection.problem(plain);
    if (problem.isPresent()) {
      throw new BadValue(
          problem.get() + (plain.contains("$") ? ", except for " + TableRules.NAME : ""));
    }
    return new MappingFile(
        TargetKeys.TABLE.name(), "version: 1\ntables:\n  \"*\": {collection: \"" + name + "\"}");
  }

  private static MappingFile of(String value) throws BadValue {
    int lineEnd = value.indexOf('\n');
    return lineEnd < 0
        ? new MappingFile(value, read(value))
        : new MappingFile(value.substring(0, lineEnd), value.substring(lineEnd + 1));
  }

  private static String read(String name) throws BadValue {
    try {
      return Files.readString(Path.of(name)).stripTrailing();
    } catch (NoSuchFileException e) {
      throw new BadValue("there is no such file");
    } catch (CharacterCodingException e) {
      throw new BadValue("is not a text file in UTF-8");
    } catch (IOException | InvalidPathException e) {
      throw new BadValue("cannot be read: " + e.getMessage());
    }
  }

  /** A value of the key that is the same on every machine. */
  String withText() {
    return name + "\n" + text;
  }
}
