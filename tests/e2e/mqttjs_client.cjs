// One scene with MQTT.js: node mqttjs_client.cjs SCENE URL VERSION USER PASSWORD [ADDRESS [PINGS]]
// ADDRESS is what a WebSocket is opened from.
// Prints one line of result and exits 0, or says what went wrong and exits 1.
"use strict";
const mqtt = require("mqtt");
const WebSocket = require("ws");

const [scene, url, version, username, password, address, pings] = process.argv.slice(2);
const deadlineMs = 110000;

function options(more) {
    const old = { protocolId: "MQIsdp", protocolVersion: 3 };
    return {
        username, password, reconnectPeriod: 0, connectTimeout: deadlineMs,
        ...(version === "3" ? old : { protocolVersion: Number(version) }),
        wsOptions: address === undefined ? {} : { localAddress: address }, ...more,
    };
}

async function roundTrip() {
    const client = await mqtt.connectAsync(url, options());
    const seen = [];
    for (const qos of [0, 1, 2]) {
        const topic = `js/${version}/${qos}`;
        await client.subscribeAsync(topic, { qos });
        const arrived = new Promise((resolve) => client.once("message", (name, payload, packet) =>
            resolve([name, payload.toString(), packet.qos])));
        await client.publishAsync(topic, "hello ümlaut", { qos });
        const [name, payload, got] = await arrived;
        if (name !== topic || payload !== "hello ümlaut" || got !== qos) {
            throw new Error(`got ${name} ${payload} ${got}`);
        }
        seen.push(qos);
    }
    await client.endAsync();
    return `round trips: ${seen.join(" ")}`;
}

function refused() {
    return new Promise((resolve, reject) => {
        const client = mqtt.connect(url, options());
        client.once("connect", () => reject(new Error("was let in")));
        client.once("error", (error) => resolve(`refused: ${error.code}`));
    });
}

async function large() {
    const client = await mqtt.connectAsync(url, options());
    await client.subscribeAsync("js/large", { qos: 1 });
    const arrived = new Promise((resolve) =>
        client.once("message", (name, payload) => resolve(payload)));
    const sent = Buffer.alloc(1 << 20, "0123456789abcdef");
    await client.publishAsync("js/large", sent, { qos: 1 });
    const got = await arrived;
    if (!got.equals(sent)) throw new Error("the payload changed");
    await client.endAsync();
    return `large: ${got.length}`;
}

async function crowd() {
    const clients = await Promise.all(
        Array.from({ length: 50 }, () => mqtt.connectAsync(url, options())));
    const arrivals = clients.map((client) =>
        new Promise((resolve) => client.once("message", resolve)));
    await Promise.all(clients.map((client) => client.subscribeAsync("js/crowd", { qos: 1 })));
    await clients[0].publishAsync("js/crowd", "all", { qos: 1 });
    await Promise.all(arrivals);
    await Promise.all(clients.map((client) => client.endAsync()));
    return `crowd: ${clients.length}`;
}

// The WebSocket under the client is given to `watch` first.
function watched(watch) {
    return {
        createWebsocket: (target, protocols, { wsOptions }) => {
            const socket = new WebSocket(target, protocols, wsOptions);
            watch(socket);
            return socket;
        },
    };
}

function refusedUpgrade() {
    return new Promise((resolve, reject) => {
        const client = mqtt.connect(url, options(watched((socket) =>
            socket.on("unexpected-response", (_, answer) =>
                resolve(`not found: ${answer.statusCode}`)))));
        client.once("connect", () => reject(new Error("was let in")));
        client.on("error", () => {});
    });
}

// Says nothing until so many pings of WebSocket have come, then that the line still works.
function idle() {
    return new Promise((resolve) => {
        let count = 0;
        const client = mqtt.connect(url, options({
            keepalive: 0,
            ...watched((socket) => socket.on("ping", async () => {
                count += 1;
                if (count === Number(pings)) {
                    await client.publishAsync("js/idle", "x", { qos: 1 });
                    resolve(`still there after ${count} pings`);
                }
            })),
        }));
        client.on("error", () => {});
        client.once("close", () => resolve(`cut after ${count} pings`));
    });
}

const scenes = {
    "round-trip": roundTrip, refused, large, crowd, "refused-upgrade": refusedUpgrade, idle,
};
setTimeout(() => { console.error("too late"); process.exit(1); }, deadlineMs).unref();
scenes[scene]().then(
    (line) => { console.log(line); process.exit(0); },
    (error) => { console.error(error); process.exit(1); });
