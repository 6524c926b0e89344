package io.nimoshake.setup.config;

import io.nimoshake.setup.config.ConfigKey.Support;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes all documentation of the keys from their table, so that it cannot differ from the code. */
public final class ConfigDocs {
  private ConfigDocs() {}

  private static final int COMMENT_WIDTH = 92;

  /** Keys that the sample file sets, or leaves empty for the user to fill in. */
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

            The configuration is a file with lines of the form `key = value`. Lines that begin with
            `#` are comments. An empty value is the same as no value.

            `--set key=value` on the command line overrides the file, and so does the environment
            variable `NIMO_SHAKE_<KEY>`: the key in upper case with underscores for dots, so
            `target.address` is `NIMO_SHAKE_TARGET_ADDRESS`. If both are given, `--set` wins.
            Secrets are not accepted on the command line, because other users could read them in the
            list of processes.

            An unknown key is an error. The last column says what the Go tool does without the key,
            if that is different.
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
            # Configuration of nimo-shake. Set target.address. Set the credentials of the source too,
            # unless this machine has AWS credentials of its own. All other keys have a default,
            # which is shown after the # in their line.
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

  /** For {@code --help}: a line with the name and the default, and the meaning below it. */
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
      case NO_EFFECT -> "Accepted, but has no effect. ";
    };
  }

  private static String sentence(String description) {
    return Character.toUpperCase(description.charAt(0)) + description.substring(1) + ".";
  }

  /** Escapes what would end a cell of a Markdown table or be read as markup. */
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
