import java.io.IOException;

import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One OpenSearch node in this JVM: NodeMain HOME setting=value ... (a list: its values with commas between).
 *
 * A main of our own, as the runner's takes no settings, and one JVM for each node, so that a node can be killed. The
 * runner makes a Node directly: no check for root, no security manager, bootstrap checks only warn on loopback. Good for
 * tests. Ends when its stdin closes, as it also does when the tests are killed.
 */
public class NodeMain {
    private static final long MOST_MILLISECONDS = 20_000; // to close the node, before the JVM ends without

    public static void main(final String[] arguments) throws Exception {
        final OpenSearchRunner runner = new OpenSearchRunner();
        runner.setMaxHttpPort(-1); // no looking for free ports: http.port is given
        runner.onBuild((number, settings) -> {
            for (int i = 1; i < arguments.length; i++) {
                final int equals = arguments[i].indexOf('=');
                settings.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
            }
        });
        start(() -> { // before the node, which may never come up
            waitForTheEndOfStdin();
            start(NodeMain::haltLater);
            runner.close();
            Runtime.getRuntime().halt(0);
        });
        final String plugins = System.getProperty("backfile.plugins", ""); // names of classes
        runner.build(OpenSearchRunner.newConfigs().basePath(arguments[0]).numOfNode(1).pluginTypes(plugins));
        Thread.currentThread().join();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void start(final Work work) {
        new Thread(() -> {
            try {
                work.run();
            } catch (final Exception error) {
                Runtime.getRuntime().halt(1);
            }
        }).start();
    }

    private static void haltLater() throws InterruptedException {
        Thread.sleep(MOST_MILLISECONDS);
        Runtime.getRuntime().halt(1);
    }

    private static void waitForTheEndOfStdin() throws IOException {
        while (System.in.read() >= 0) {
            // nothing is said to us
        }
    }
}
