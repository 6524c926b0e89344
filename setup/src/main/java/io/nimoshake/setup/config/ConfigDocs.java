package io.nimoshake.setup.config;

import io.nimoshake.setup.config.ConfigKey.Support;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is written about the keys, in every form, from their table. */
public final class ConfigDocs {
  private ConfigDocs() {}

  private static final int COMMENT_WIDTH = 92;

  /** Keys that the sample file leaves to be filled in, or decides about openly. */
  private static final Set<ConfigKey<?>> FILLED_IN =
      Set.of(
          GeneralKeys.ID,
          GeneralKeys.SYNC_MODE,
          SourceKeys.ACCESS_KEY_ID,
          SourceKeys.SECRET_ACCESS_KEY,
          SourceKeys.REGION,
          TargetKeys.ADDRESS,
          TargetKeys.EXISTING);

  /** docs/configuration.md. */
  public static String markdown() {
    StringBuilder text =
        new StringBuilder(
            """
            # Configuration

            <!-- Made from the table of keys in the code; a test fails when it is not up to date. -->

            A file of `key = value` lines; lines that begin with `#` are comments. An empty value is
            the same as none. What is set with `--set key=value` goes before the environment
            variable `NIMO_SHAKE_<KEY>` (upper case, dots as underscores: `target.address` is
            `NIMO_SHAKE_TARGET_ADDRESS`), and that before the file. Secrets are not taken from the
            command line.

            Keys that are unknown, or that are known and not built yet, are refused. The last column
            tells what the Go tool does where a key is missing, if that is something else.
            """);
    for (ConfigSection section : ConfigKeys.SECTIONS) {
      text.append("\n## ").append(section.title()).append("\n\n");
      text.append("| Key | Value | Default | Meaning | In the Go tool |\n|---|---|---|---|---|\n");
      for (ConfigKey<?> key : section.keys()) {
        text.append("| `").append(key.name()).append("` | ");
        text.append(cell(key.type().description())).append(" | ");
        text.append(key.byDefault().isEmpty() ? "" : "`" + key.byDefault() + "`").append(" | ");
        text.append(cell(note(key) + key.meaning())).append(" | ");
        text.append(cell(key.goDefault().orElse(""))).append(" |\n");
      }
    }
    return text.toString();
  }

  /** The commented conf/nimo-shake.conf of the distribution. */
  public static String sampleFile() {
    StringBuilder text =
        new StringBuilder(
            """
            # Configuration of nimo-shake. Set target.address and, unless the machine has AWS
            # credentials of its own, those of the source. Everything else has a default, which stands
            # behind the # of its line.
            """);
    for (ConfigSection section : ConfigKeys.SECTIONS) {
      text.append("\n\n##### ").append(section.title()).append(" #####\n");
      for (ConfigKey<?> key : section.keys()) {
        if (key.support() != Support.HONOURED) {
          continue;
        }
        text.append('\n');
        for (String line : wrap(key.meaning() + " " + sentence(key.type().description()))) {
          text.append("# ").append(line).append('\n');
        }
        text.append(FILLED_IN.contains(key) ? "" : "#");
        text.append((key.name() + " = " + key.byDefault()).strip()).append('\n');
      }
    }
    return text.toString();
  }

  /** For {@code --help}: a line with name and default, and its meaning below. */
  public static String help() {
    StringBuilder text = new StringBuilder();
    for (ConfigSection section : ConfigKeys.SECTIONS) {
      text.append("\n").append(section.title()).append("\n");
      for (ConfigKey<?> key : section.keys()) {
        text.append("  ").append(key.name());
        if (!key.byDefault().isEmpty()) {
          text.append(" = ").append(key.byDefault());
        }
        text.append("   (").append(key.type().description()).append(")\n");
        for (String line : wrap(note(key) + key.meaning())) {
          text.append("      ").append(line).append('\n');
        }
      }
    }
    return text.toString();
  }

  private static String note(ConfigKey<?> key) {
    return switch (key.support()) {
      case HONOURED -> "";
      case NO_EFFECT -> "Accepted without effect. ";
      case NOT_YET -> "Not built yet. ";
    };
  }

  private static String sentence(String description) {
    return Character.toUpperCase(description.charAt(0)) + description.substring(1) + ".";
  }

  /** A bar would end the table's cell, and backquotes and angle brackets would be markup. */
  private static String cell(String text) {
    return text.replace("|", "\\|").replace("`", "\\`").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static List<String> wrap(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (line.length() + 1 + word.length() > COMMENT_WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
