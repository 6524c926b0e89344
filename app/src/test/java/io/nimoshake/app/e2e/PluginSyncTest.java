package io.nimoshake.app.e2e;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.bson.BsonDocument;
import org.bson.BsonString;

/** The same shop, whose mapping is a plug-in. */
class PluginSyncTest extends MappedSyncTest {
  @Override
  int items() {
    return 500;
  }

  @Override
  String mapping() throws Exception {
    Path plugins = directory.resolve("plugins");
    jar(plugins, ShopPlugin.class, ShopPlugin.CustomerNumber.class);
    return "mapping.plugin = %s\nmapping.plugin_directory = %s"
        .formatted(ShopPlugin.class.getName(), plugins);
  }

  private static void jar(Path directory, Class<?>... classes) throws Exception {
    Files.createDirectories(directory);
    try (OutputStream file = Files.newOutputStream(directory.resolve("shop.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      for (Class<?> each : classes) {
        String entry = each.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(entry));
        try (InputStream bytes = each.getClassLoader().getResourceAsStream(entry)) {
          bytes.transferTo(jar);
        }
        jar.closeEntry();
      }
    }
  }

  @Override
  BsonDocument expected(BsonDocument byTheRules) {
    return byTheRules.append(
        "tagText", new BsonString(ShopPlugin.tagText(Shop.sorted(byTheRules))));
  }

  @Override
  List<String> notes() {
    return List.of(
        "mapping.plugin: "
            + ShopPlugin.class.getName()
            + " itself said what should be in the target, so this comparison finds no mistakes of"
            + " the plug-in");
  }
}
