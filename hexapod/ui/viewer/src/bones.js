// Both fragments with their cut faces, and the regenerate between the faces.
import { BufferAttribute, BufferGeometry, CircleGeometry, DoubleSide, Group, Mesh } from "three";
import { boneEnd, segment, shaftsX } from "./bone_ends.js";
import { apply } from "./frames.js";
import { joined } from "./solids.js";

const AROUND = 32;

const boneOf = (scene) => ({
  diameter: scene.diameter, lat: scene.lat, onUlna: /ulna/i.test(scene.payload.level_name ?? ""),
});

/** Group of the proximal or distal fragment in its own axes. */
export function makeFragment(kit, scene, which, tone) {
  const { cut, end } = scene.fragmentSpan(which);
  const bone = boneOf(scene);
  const group = new Group();
  const form = scene.isSegment(which) ? segment : boneEnd;
  const shapes = form(scene.payload.bone, which, { cut, end, ...bone });
  group.add(new Mesh(kit.geometry(joined(shapes)), kit.material(tone)));
  const away = which === "proximal" ? -1 : 1;
  const faces = shaftsX(scene.payload.bone, bone).map((x) =>
    new CircleGeometry(scene.diameter * 0.29, AROUND).translate(x, 0, cut + away * 0.15));
  group.add(new Mesh(kit.geometry(joined(faces)), kit.material("marrow", { side: DoubleSide })));
  return group;
}

/** Translucent sleeve from the reference fragment's cut face to the moving fragment's. */
export class Regenerate {
  constructor(kit, scene) {
    this.scene = scene;
    this.shafts = shaftsX(scene.payload.bone, boneOf(scene));
    this.geometry = kit.geometry(new BufferGeometry());
    this.positions = new BufferAttribute(new Float32Array(this.shafts.length * AROUND * 2 * 3), 3);
    this.geometry.setAttribute("position", this.positions);
    this.geometry.setIndex(this.shafts.flatMap((_, n) => sleeve(2 * n * AROUND)));
    this.mesh = new Mesh(this.geometry, kit.material("regenerate", { transparent: true, opacity: 0.62, depthWrite: false, side: DoubleSide, forceSinglePass: true }));
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 5;
  }

  showDay(day) {
    const { cutZ, diameter, far } = this.scene;
    const T_ref_mov = this.scene.T_ref_mov(day);
    const radius = (diameter / 2) * 0.97;
    let widest = 0;
    this.shafts.forEach((x, n) => {
      for (let i = 0; i < AROUND; i++) {
        const turn = (2 * Math.PI * i) / AROUND;
        const rim = [x + radius * Math.cos(turn), radius * Math.sin(turn), cutZ];
        const moved = apply(T_ref_mov, rim);
        this.positions.setXYZ(2 * n * AROUND + i, ...rim);
        this.positions.setXYZ((2 * n + 1) * AROUND + i, ...moved);
        widest = Math.max(widest, far * (moved[2] - cutZ));
      }
    });
    this.positions.needsUpdate = true;
    this.geometry.computeVertexNormals();
    // Nothing to draw rather than invisible: its shader is then ready before the first day that needs it.
    this.geometry.setDrawRange(0, this.scene.newBone && widest > 0.3 ? Infinity : 0);
  }
}

function sleeve(first) {
  const index = [];
  for (let i = 0; i < AROUND; i++) {
    const a = first + i;
    const b = first + ((i + 1) % AROUND);
    index.push(a, b, b + AROUND, a, b + AROUND, a + AROUND);
  }
  return index;
}
