package io.nimoshake.setup.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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
